using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.tunnels</c></summary>
internal static class TunnelsSection
{
    private static readonly TunnelsSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<int> Max = Keys.Number("max", Default.Max, 1, 65535, Apply.Live);
    private static readonly Key<string?> StateFile = Keys.OptionalText("state-file", 4096, Apply.Restart);
    private static readonly Part HalfOpen = Keys.Part("half-open", HalfOpenSection.Keys);
    private static readonly Part Defaults = Keys.Part("defaults", PeerSection.Keys);
    private static readonly Map Peers = Keys.Map("peers", PeerSection.Keys, Defaults);

    public static TunnelsSettings Read(SectionReader s, string nodeName)
    {
        s.In(Defaults, d => PeerSection.Read("*", d, nodeName)); // for its errors
        var peers = s.Each(Peers, (pattern, peer) => PeerSection.Read(pattern, peer, nodeName));
        return new TunnelsSettings
        {
            Max = s.Get(Max),
            StateFile = s.Get(StateFile),
            HalfOpen = s.In(HalfOpen, HalfOpenSection.Read),
            Peers = peers,
        };
    }
}
