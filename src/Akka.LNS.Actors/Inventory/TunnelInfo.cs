using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.Actors.Inventory;

/// <summary>Data of an established tunnel for its calls.</summary>
/// <param name="Local">Our tunnel id.</param>
/// <param name="Peer">Tunnel id of the LAC.</param>
/// <param name="Lac">Host Name AVP of the LAC.</param>
internal sealed record TunnelInfo(ushort Local, ushort Peer, UdpFlow Flow, string Lac, CallTemplates Templates, LacEntry LacEntry,
    PeerEntry PeerEntry)
{
    public PeerSettings Settings => Templates.Entry;

    /// <summary>Tunnel-Client-Endpoint.</summary>
    public string LacAddress { get; } = Flow.Remote.Address.ToString();

    /// <summary>Tunnel-Server-Endpoint.</summary>
    public string OwnAddress { get; } = Flow.Local.ToString();

    public void CountSession() => PeerEntry.Session(+1);

    public void CountSetUp()
    {
        LacEntry.CountSetUp();
        PeerEntry.CountSetUp();
    }

    /// <param name="wasUp">False: the set-up failed.</param>
    public void CountEnded(EndCause cause, bool wasUp, Instant now)
    {
        LacEntry.CountEnded(cause, wasUp, now);
        PeerEntry.CountEnded(cause, wasUp);
        PeerEntry.Session(-1);
    }
}
