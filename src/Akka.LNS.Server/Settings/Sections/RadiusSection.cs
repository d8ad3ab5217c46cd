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
}
