using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.radius</c></summary>
internal static class RadiusSection
{
    private static readonly RadiusSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<int> Workers = Keys.Number("workers", Default.Workers, 1, 4096, Apply.Restart);
    private static readonly Part Backlog = Keys.Part("backlog", BacklogSection.Keys);
    private static readonly Key<bool> RequireMessageAuthenticator =
        Keys.Flag("require-message-authenticator", Default.RequireMessageAuthenticator, Apply.Live);
    private static readonly Key<TimeSpan> LoginTimeout =
        Keys.Duration("login-timeout", Default.LoginTimeout, Second, 5 * Minute, Apply.Live);
    private static readonly Part FailedLogins = Keys.Part("failed-logins", FailedLoginsSection.Keys);
    private static readonly Part LineLogins = Keys.Part("line-logins", LineLoginsSection.Keys);
    private static readonly Part ServerDefaults = Keys.Part("server-defaults", RadiusServerSection.Defaults);
    private static readonly SectionList Servers = Keys.List("servers", RadiusServerSection.Keys, ServerDefaults);
    private static readonly Part Accounting = Keys.Part("accounting", AccountingSection.Keys);
    private static readonly Part DynamicAuthorization = Keys.Part("dynamic-authorization", DynamicAuthorizationSection.Keys);

    public static RadiusSettings Read(SectionReader s)
    {
        s.In(ServerDefaults, RadiusServerSection.ReadShared); // for its errors
        var settings = new RadiusSettings
        {
            Workers = s.Get(Workers),
            Backlog = s.In(Backlog, BacklogSection.Read),
            RequireMessageAuthenticator = s.Get(RequireMessageAuthenticator),
            LoginTimeout = s.Get(LoginTimeout),
            FailedLogins = s.In(FailedLogins, FailedLoginsSection.Read),
            LineLogins = s.In(LineLogins, LineLoginsSection.Read),
            Servers = s.Each(Servers, RadiusServerSection.Read),
            Accounting = s.In(Accounting, AccountingSection.Read),
            DynamicAuthorization = s.In(DynamicAuthorization, DynamicAuthorizationSection.Read),
        };
        foreach (var server in settings.Servers) s.Define(Named.RadiusServer, server.Name);
        if (settings.Servers.DistinctBy(static server => server.Name, StringComparer.Ordinal).Count() < settings.Servers.Length)
            s.Fail(Servers, "two servers have the same name");
        return settings;
    }

    /// <summary><c>lns.radius.backlog</c></summary>
    private static class BacklogSection
    {
        private static readonly RadiusBacklogSettings Default = new();
        public static readonly Section Keys = new();
        private static readonly Key<int> Authentication = Keys.Number("authentication", Default.Authentication, 1, 10_000_000, Apply.Live);
        private static readonly Key<int> StartStop = Keys.Number("start-stop", Default.StartStop, 1, 10_000_000, Apply.Live);
        private static readonly Key<int> Interim = Keys.Number("interim", Default.Interim, 1, 10_000_000, Apply.Live);

        public static RadiusBacklogSettings Read(SectionReader s) =>
            new() { Authentication = s.Get(Authentication), StartStop = s.Get(StartStop), Interim = s.Get(Interim) };
    }

    /// <summary><c>lns.radius.failed-logins</c></summary>
    private static class FailedLoginsSection
    {
        private static readonly RadiusFailedLoginsSettings Default = new();
        public static readonly Section Keys = new();
        private static readonly Key<int> After = Keys.Number("after", Default.After, 0, 1000, Apply.Live);
        private static readonly Key<TimeSpan> Pause = Keys.Duration("pause", Default.Pause, 100 * Millisecond, Hour, Apply.Live);
        private static readonly Key<TimeSpan> MaxPause = Keys.Duration("max-pause", Default.MaxPause, 100 * Millisecond, Hour, Apply.Live);
        private static readonly Key<TimeSpan> RejectDelay =
            Keys.Duration("reject-delay", Default.RejectDelay, TimeSpan.Zero, 10 * Second, Apply.Live);

        public static RadiusFailedLoginsSettings Read(SectionReader s)
        {
            var settings = new RadiusFailedLoginsSettings
            {
                After = s.Get(After), Pause = s.Get(Pause), MaxPause = s.Get(MaxPause), RejectDelay = s.Get(RejectDelay),
            };
            if (settings.MaxPause < settings.Pause)
                s.Fail(MaxPause, $"{Show(settings.MaxPause)} is less than pause, {Show(settings.Pause)}");
            return settings;
        }
    }

    /// <summary><c>lns.radius.line-logins</c></summary>
    private static class LineLoginsSection
    {
        private static readonly RadiusLineLoginsSettings Default = new();
        public static readonly Section Keys = new();
        private static readonly Key<double> PerSecond = Keys.Real("per-second", Default.PerSecond, 0, 1_000_000, Apply.Live);
        private static readonly Key<int> Burst = Keys.Number("burst", Default.Burst, 1, 1_000_000, Apply.Live);

        public static RadiusLineLoginsSettings Read(SectionReader s) => new() { PerSecond = s.Get(PerSecond), Burst = s.Get(Burst) };
    }
}
