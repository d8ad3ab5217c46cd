using System.Net;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.radius.dynamic-authorization</c></summary>
internal static class DynamicAuthorizationSection
{
    private static readonly DynamicAuthorizationSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<IPEndPoint> Listen = Keys.Value<IPEndPoint>("listen", Default.Listen,
        "ADDRESS:PORT, \"[IPV6]:PORT\", or an address alone for port 3799",
        Networks.EndpointOr(DynamicAuthorizationSettings.DefaultPort), Apply.Restart);
    private static readonly Key<TimeSpan> ReplayWindow = Keys.Duration("replay-window", Default.ReplayWindow, Second, Hour, Apply.Restart);
    private static readonly Key<bool> RequireEventTimestamp =
        Keys.Flag("require-event-timestamp", Default.RequireEventTimestamp, Apply.Restart);
    private static readonly Key<int> Remember = Keys.Number("remember", Default.Remember, 100, 10_000_000, Apply.Restart);
    private static readonly Key<bool> RaiseInterimInterval =
        Keys.Flag("raise-interim-interval", Default.RaiseInterimInterval, Apply.Live);
    private static readonly Part ClientDefaults = Keys.Part("client-defaults", ClientSection.Defaults);
    private static readonly SectionList Clients = Keys.List("clients", ClientSection.Keys, ClientDefaults);

    public static DynamicAuthorizationSettings Read(SectionReader s)
    {
        s.In(ClientDefaults, ClientSection.ReadShared); // for its errors
        var settings = new DynamicAuthorizationSettings
        {
            Listen = s.Get(Listen) ?? Default.Listen, // null is an error already
            ReplayWindow = s.Get(ReplayWindow),
            RequireEventTimestamp = s.Get(RequireEventTimestamp),
            Remember = s.Get(Remember),
            RaiseInterimInterval = s.Get(RaiseInterimInterval),
            Clients = s.Each(Clients, ClientSection.Read),
        };
        foreach (var twice in settings.Clients.GroupBy(static c => c.Network).Where(static g => g.Count() > 1))
            s.Fail(Clients, $"{twice.Key} stands there twice");
        return settings;
    }

    /// <summary><c>client-defaults</c> and each entry of <c>clients</c></summary>
    private static class ClientSection
    {
        private static readonly DynamicAuthorizationClient Default = new();
        public static readonly Section Defaults = new();
        private static readonly SecretKey Secret = Defaults.Secret("secret", Apply.LiveWhileListening);
        private static readonly Key<bool> RequireMessageAuthenticator =
            Defaults.Flag("require-message-authenticator", Default.RequireMessageAuthenticator, Apply.LiveWhileListening);

        public static readonly Section Keys = Section.Extending(Defaults);
        private static readonly Key<IPNetwork> Address = Keys.Value<IPNetwork>("address", default,
            "an address, or a network without host bits (192.0.2.0/24)", Networks.Network, Apply.LiveWhileListening);
        private static readonly Key<string?> Name = Keys.OptionalText("name", 64, Apply.LiveWhileListening);

        public static DynamicAuthorizationClient Read(SectionReader s)
        {
            if (s.Get(Secret) is null) s.Fail(Secret, "missing; allowed: a text, or secret-file with the path of a file");
            var network = s.Get(Address);
            return ReadShared(s) with { Name = s.Get(Name) ?? network.ToString(), Network = network };
        }

        public static DynamicAuthorizationClient ReadShared(SectionReader s) =>
            new() { Secret = s.Get(Secret) ?? new Secret(""), RequireMessageAuthenticator = s.Get(RequireMessageAuthenticator) };
    }
}
