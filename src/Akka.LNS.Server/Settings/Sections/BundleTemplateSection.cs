using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Server.Settings.Values;
using Akka.LNS.Wire;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.bundles.defaults</c> and each entry of <c>lns.bundles.templates</c></summary>
internal static class BundleTemplateSection
{
    private const string NameServers = "at most two IPv4 addresses";
    private static readonly BundleTemplate Default = new();
    private static readonly IpcpPolicy Ipcp = Default.Ipcp;
    public static readonly Section Keys = new();
    private static readonly Key<Ipv4Address> OwnAddress =
        Keys.Optional<Ipv4Address>("own-address", "an IPv4 address", Networks.Ipv4, Apply.Live);
    private static readonly Key<ImmutableArray<Ipv4Address>> Dns =
        Keys.List<Ipv4Address>("dns", [], NameServers, 2, Networks.Ipv4, Apply.Live);
    private static readonly Key<ImmutableArray<Ipv4Address>> Nbns =
        Keys.List<Ipv4Address>("nbns", [], NameServers, 2, Networks.Ipv4, Apply.Live);
    private static readonly Key<string?> Pool = Keys.OptionalReference("pool", Named.Pool, Apply.Live);
    private static readonly Key<TimeSpan> IdleTimeout =
        Keys.Duration("idle-timeout", Default.IdleTimeout, TimeSpan.Zero, 30 * Day, Apply.Live);
    private static readonly Key<TimeSpan> SessionTimeout =
        Keys.Duration("session-timeout", Default.SessionTimeout, TimeSpan.Zero, 365 * Day, Apply.Live);
    private static readonly Key<int> MaxMtu = Keys.Number("max-mtu", Default.MaxMtu, 576, 9000, Apply.Live);
    private static readonly Key<bool> MssClamp = Keys.Flag("mss-clamp", Default.ClampMss, Apply.Live);
    private static readonly Key<bool> AntiSpoofing = Keys.Flag("anti-spoofing", Default.AntiSpoofing, Apply.Live);
    private static readonly Key<TimeSpan> FirstRestartInterval =
        Keys.Duration("first-restart-interval", Ipcp.FirstRestartInterval, 50 * Millisecond, 30 * Second, Apply.Live);
    private static readonly Key<TimeSpan> RestartInterval =
        Keys.Duration("restart-interval", Ipcp.RestartInterval, 100 * Millisecond, 30 * Second, Apply.Live);
    private static readonly Key<int> MaxConfigure = Keys.Number("max-configure", Ipcp.MaxConfigure, 1, 100, Apply.Live);
    private static readonly Key<int> MaxTerminate = Keys.Number("max-terminate", Ipcp.MaxTerminate, 1, 20, Apply.Live);
    private static readonly Key<int> MaxFailure = Keys.Number("max-failure", Ipcp.MaxFailure, 1, 50, Apply.Live);
    private static readonly Key<TimeSpan> SetupTimeout = Keys.Duration("setup-timeout", Ipcp.SetupTimeout, Second, 10 * Minute, Apply.Live);

    /// <param name="takesCalls">A call can get the template of that name. Called when everything is read.</param>
    public static BundleTemplate Read(string name, SectionReader s, Func<string, bool> takesCalls)
    {
        var own = s.Get(OwnAddress);
        s.Later(() =>
        {
            if (own.IsNone && takesCalls(name))
                s.Fail(OwnAddress, "missing: the LNS needs an address of its own in the tunnel; allowed: an IPv4 address");
        });
        var (dns, nbns) = (s.Get(Dns), s.Get(Nbns));
        return new BundleTemplate
        {
            Name = name,
            Ipcp = new IpcpPolicy
            {
                LocalAddress = own,
                PrimaryDns = dns.ElementAtOrDefault(0),
                SecondaryDns = dns.ElementAtOrDefault(1),
                PrimaryNbns = nbns.ElementAtOrDefault(0),
                SecondaryNbns = nbns.ElementAtOrDefault(1),
                FirstRestartInterval = s.Get(FirstRestartInterval),
                RestartInterval = s.Get(RestartInterval),
                MaxConfigure = (byte)s.Get(MaxConfigure),
                MaxTerminate = (byte)s.Get(MaxTerminate),
                MaxFailure = (byte)s.Get(MaxFailure),
                SetupTimeout = s.Get(SetupTimeout),
            },
            Pool = s.Get(Pool),
            IdleTimeout = s.Get(IdleTimeout),
            SessionTimeout = s.Get(SessionTimeout),
            MaxMtu = s.Get(MaxMtu),
            ClampMss = s.Get(MssClamp),
            AntiSpoofing = s.Get(AntiSpoofing),
        };
    }
}
