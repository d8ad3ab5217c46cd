using System.Globalization;
using System.Net;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.radius.server-defaults</c> and each entry of <c>lns.radius.servers</c></summary>
internal static class RadiusServerSection
{
    private static readonly RadiusServerSettings Default = new();
    public static readonly Section Defaults = new();
    private static readonly Key<int> AuthPort = Defaults.Number("auth-port", Default.Authentication.Port, 0, 65535, Apply.Live);
    private static readonly Key<int> AcctPort = Defaults.Number("acct-port", Default.Accounting.Port, 0, 65535, Apply.Live);
    private static readonly SecretKey Secret = Defaults.Secret("secret", Apply.Live);
    private static readonly Key<TimeSpan> Timeout = Defaults.Duration("timeout", Default.Timeout, 50 * Millisecond, Minute, Apply.Live);
    private static readonly Key<int> Retries = Defaults.Number("retries", Default.Retries, 0, 20, Apply.Live);
    private static readonly Key<int> Priority = Defaults.Number("priority", Default.Priority, 1, 100, Apply.Live);
    private static readonly Key<int> Weight = Defaults.Number("weight", Default.Weight, 1, 1000, Apply.Live);
    private static readonly Key<int> DeadAfter = Defaults.Number("dead-after", Default.DeadAfter, 1, 1000, Apply.Live);
    private static readonly Key<TimeSpan> DeadTime = Defaults.Duration("dead-time", Default.DeadTime, Second, Hour, Apply.Live);
    private static readonly Key<double?> RequestsPerSecond = Defaults.OptionalReal("requests-per-second", 0.1, 1_000_000, Apply.Live);
    private static readonly Key<int> Burst = Defaults.Number("burst", Default.Burst, 1, 1_000_000, Apply.Live);
    private static readonly Key<StatusServerUse> StatusServer = Defaults.Word("status-server", Default.StatusServer, Apply.Live,
        ("auto", StatusServerUse.Auto), ("on", StatusServerUse.On), ("off", StatusServerUse.Off));
    private static readonly Key<IPAddress?> Source =
        Defaults.Optional<IPAddress?>("source", "an IPv4 or IPv6 address", Networks.Address, Apply.Live);

    public static readonly Section Keys = Section.Extending(Defaults);
    private static readonly Key<IPAddress> Address = Keys.Value<IPAddress>("address", default,
        "an IPv4 or IPv6 address (a host name would have to be looked up)", Networks.Address, Apply.Live);
    private static readonly Key<string?> Name = Keys.OptionalText("name", 64, Apply.Live);

    public static RadiusServerSettings Read(SectionReader s)
    {
        var given = s.Get(Address);
        var address = given ?? IPAddress.Loopback; // an error already
        var shared = ReadShared(s);
        if (s.Get(Secret) is null) s.Fail(Secret, "missing; allowed: a text, or secret-file with the path of a file");
        if (given is not null && shared.Source is { } source && source.AddressFamily != given.AddressFamily)
            s.Fail(Source, $"{source} and {given} are of two families");
        return shared with
        {
            Name = s.Get(Name) ?? string.Create(CultureInfo.InvariantCulture, $"{new IPEndPoint(address, shared.Authentication.Port)}"),
            Authentication = new IPEndPoint(address, shared.Authentication.Port),
            Accounting = new IPEndPoint(address, shared.Accounting.Port),
        };
    }

    /// <summary>Values that <c>server-defaults</c> can set; the addresses are none.</summary>
    public static RadiusServerSettings ReadShared(SectionReader s)
    {
        var (authentication, accounting) = (s.Get(AuthPort), s.Get(AcctPort));
        if (authentication == 0 && accounting == 0) s.Fail(AcctPort, "auth-port and acct-port are both 0: the server would do nothing");
        return new RadiusServerSettings
        {
            Authentication = new IPEndPoint(IPAddress.None, authentication),
            Accounting = new IPEndPoint(IPAddress.None, accounting),
            Secret = s.Get(Secret) ?? new Secret(""),
            Timeout = s.Get(Timeout),
            Retries = s.Get(Retries),
            Priority = s.Get(Priority),
            Weight = s.Get(Weight),
            DeadAfter = s.Get(DeadAfter),
            DeadTime = s.Get(DeadTime),
            RequestsPerSecond = s.Get(RequestsPerSecond),
            Burst = s.Get(Burst),
            StatusServer = s.Get(StatusServer),
            Source = s.Get(Source),
        };
    }
}
