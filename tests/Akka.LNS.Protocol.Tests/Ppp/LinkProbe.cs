using System.Collections.Immutable;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Protocol.Tests.Ppp;

/// <summary>One link, with a peer made of hexadecimal octets.</summary>
internal sealed class LinkProbe
{
    /// <summary>Options of pppd 2.4.9 over L2TP: asyncmap 0, Magic-Number, PFC, ACFC.</summary>
    public const string PppdOptions = "020600000000" + "0506A1B2C3D4" + "0702" + "0802";

    public LinkProbe(LinkPolicy policy, ulong seed = 1)
    {
        Policy = policy;
        (State, Effects) = PppLink.Start(policy, Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), seed, Now);
    }

    public LinkPolicy Policy { get; }
    public Instant Now { get; set; } = new(0);
    public LinkState State { get; set; }
    public ImmutableArray<LinkEffect> Effects { get; private set; }

    /// <summary>The frames of the last transition without FF 03.</summary>
    public string[] Frames => [.. Effects.OfType<LinkEffect.SendFrame>().Select(f =>
    {
        Assert.Equal("FF03", Convert.ToHexString(f.Frame, 0, 2)); // never compressed (RFC 1661 sections 6.5 and 6.6)
        return Convert.ToHexString(f.Frame, 2, f.Frame.Length - 2);
    })];

    public PppError[] Drops => [.. Effects.OfType<LinkEffect.Dropped>().Select(d => d.Why)];
    public EndReason? Closing => Effects.OfType<LinkEffect.Closing>().SingleOrDefault()?.Why;
    public EndReason? Ended => Effects.OfType<LinkEffect.Ended>().SingleOrDefault()?.Why;
    public LinkOptions? Network => Effects.OfType<LinkEffect.NetworkPhase>().SingleOrDefault()?.Options;
    public LinkEffect.AuthenticateRequested? Question => Effects.OfType<LinkEffect.AuthenticateRequested>().SingleOrDefault();

    public LinkProbe On(LinkEvent ev)
    {
        (State, Effects) = PppLink.On(State, ev, Now);
        return this;
    }

    public LinkProbe Frame(ushort protocol, string payload) => On(new LinkEvent.FrameReceived(protocol, Convert.FromHexString(payload)));
    public LinkProbe Lcp(byte code, byte id, string data = "") => Frame(PppProtocol.Lcp, Packet(code, id, data));
    public LinkProbe Pap(byte code, byte id, string data) => Frame(PppProtocol.Pap, Packet(code, id, data));
    public LinkProbe Chap(byte code, byte id, string data) => Frame(PppProtocol.Chap, Packet(code, id, data));

    /// <summary>Moves the time to the next deadline and ticks there. A tick just before the deadline has no effect.</summary>
    public LinkProbe ToDeadline()
    {
        var due = PppLink.NextDeadline(State)!.Value;
        var (early, none) = PppLink.On(State, LinkEvent.Tick.Instance, new Instant(due.Ticks - 1));
        Assert.Same(State, early);
        Assert.Empty(none);
        Now = due;
        return On(LinkEvent.Tick.Instance);
    }

    public static string Packet(byte code, byte id, string data) => $"{code:X2}{id:X2}{4 + data.Length / 2:X4}{data}";

    /// <summary>Acknowledges our Configure-Request and sends one: opens LCP.</summary>
    public LinkProbe OpenLcp(string options = PppdOptions, byte id = 1)
    {
        var request = Frames.Last(f => f.StartsWith("C02101", StringComparison.Ordinal));
        Frame(PppProtocol.Lcp, "02" + request[6..]);
        return Lcp(1, id, options);
    }

    /// <summary>A server in the network phase, with a login by PAP when the policy has methods.</summary>
    public static LinkProbe InNetwork(LinkPolicy policy)
    {
        var probe = new LinkProbe(policy).OpenLcp();
        if (!policy.AuthMethods.IsEmpty)
        {
            probe.Pap(1, 1, "0464656D6F06736573616D65");
            probe.On(new LinkEvent.AuthenticationAccepted(1, "hi"));
        }
        Assert.NotNull(probe.Network);
        return probe;
    }
}
