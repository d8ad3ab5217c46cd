using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Admission;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.tunnels.defaults</c> and each entry of <c>lns.tunnels.peers</c></summary>
internal static class PeerSection
{
    private static readonly PeerSettings Default = new();
    private static readonly ControlConnectionSettings Connection = Default.Connection;
    public static readonly Section Keys = new();
    private static readonly SecretKey Secret = Keys.Secret("secret", Apply.Live);
    private static readonly Key<string?> HostName = Keys.OptionalText("host-name", 64, Apply.Live);
    private static readonly Key<string> Link = Keys.Reference("link", Default.Link, Named.LinkTemplate, Apply.Live);
    private static readonly Key<int> MaxSessions = Keys.Number("max-sessions", Default.MaxSessions, 1, 65535, Apply.Live);
    private static readonly Key<RefuseWith> Refuse = Keys.Word("refuse-with", Default.RefuseWith, Apply.Live,
        ("2/7", RefuseWith.TryAnother), ("2/4", RefuseWith.NoResources), ("4", RefuseWith.NoFacilities));
    private static readonly Key<int> MaxTunnelsOfLac = Keys.Number("max-tunnels-of-lac", Default.Limits.Tunnels, 1, 65535, Apply.Live);
    private static readonly Key<int> MaxSessionsOfLac =
        Keys.Number("max-sessions-of-lac", Default.Limits.Sessions, 1, 10_000_000, Apply.Live);
    private static readonly Key<int> MaxInSetup = Keys.Number("max-in-setup", Default.Limits.InSetup, 1, 10_000_000, Apply.Live);
    private static readonly Key<double?> CallsPerSecond = Keys.OptionalReal("calls-per-second", 0.01, 1_000_000, Apply.Live);
    private static readonly Key<int> CallsBurst = Keys.Number("calls-burst", Default.Limits.CallsBurst, 1, 10_000_000, Apply.Live);
    private static readonly Key<int> ReceiveWindow = Keys.Number("receive-window", Connection.ReceiveWindow, 1, 1024, Apply.Live);
    private static readonly Key<bool> HideAvps = Keys.Flag("hide-avps", Connection.HideAvps, Apply.Live);
    private static readonly Key<TimeSpan> HelloInterval =
        Keys.Duration("hello-interval", Connection.HelloInterval, TimeSpan.Zero, Day, Apply.Live);
    private static readonly Key<TimeSpan> RetransmitInitial =
        Keys.Duration("retransmit-initial", Connection.RetransmitInitial, 100 * Millisecond, 30 * Second, Apply.Live);
    private static readonly Key<TimeSpan> RetransmitMax =
        Keys.Duration("retransmit-max", Connection.RetransmitMax, Second, 5 * Minute, Apply.Live);
    private static readonly Key<int> MaxRetransmits = Keys.Number("max-retransmits", Connection.MaxRetransmits, 1, 50, Apply.Live);
    private static readonly Key<int> SendQueue = Keys.Number("send-queue", Connection.SendQueue, 100, 1_000_000, Apply.Live);
    private static readonly Key<TimeSpan> SetupTimeout =
        Keys.Duration("setup-timeout", Connection.SetupTimeout, Second, 10 * Minute, Apply.Live);
    private static readonly Key<TimeSpan> ClosingLinger =
        Keys.Duration("closing-linger", Connection.ClosingLinger, TimeSpan.Zero, 5 * Minute, Apply.Live);
    private static readonly Key<TimeSpan> AckDelay =
        Keys.Duration("ack-delay", Connection.AckDelay, TimeSpan.Zero, 500 * Millisecond, Apply.Live);

    /// <param name="pattern">Key of the entry: the LACs that it is for.</param>
    public static PeerSettings Read(string pattern, SectionReader s, string nodeName)
    {
        var secret = s.Get(Secret);
        var hide = s.Get(HideAvps);
        if (hide && secret is null) s.Fail(HideAvps, "AVPs can be hidden only with a secret (RFC 2661 section 4.3)");
        if (pattern.Count(static c => c == '/') == 1 && !Networks.IsNetwork(pattern, out _))
        {
            s.Fail($"'{pattern}' is not a network; allowed: 192.0.2.0/24 without host bits, an address, a host name, " +
                "a host name with * and ?, or \"*\"");
        }
        var (initial, most) = (s.Get(RetransmitInitial), s.Get(RetransmitMax));
        if (most < initial) s.Fail(RetransmitMax, $"{Show(most)} is less than retransmit-initial, {Show(initial)}");
        return new PeerSettings
        {
            Pattern = PeerPattern.Parse(pattern),
            Link = s.Get(Link),
            MaxSessions = s.Get(MaxSessions),
            RefuseWith = s.Get(Refuse),
            Limits = new QuotaLimits(s.Get(MaxTunnelsOfLac), s.Get(MaxSessionsOfLac), s.Get(MaxInSetup), s.Get(CallsPerSecond),
                s.Get(CallsBurst)),
            Connection = new ControlConnectionSettings
            {
                HostName = s.Get(HostName) ?? nodeName,
                Secret = secret?.Value,
                HideAvps = hide,
                ReceiveWindow = (ushort)s.Get(ReceiveWindow),
                HelloInterval = s.Get(HelloInterval),
                RetransmitInitial = initial,
                RetransmitMax = most,
                MaxRetransmits = s.Get(MaxRetransmits),
                SendQueue = s.Get(SendQueue),
                SetupTimeout = s.Get(SetupTimeout),
                ClosingLinger = s.Get(ClosingLinger),
                AckDelay = s.Get(AckDelay),
            },
        };
    }
}
