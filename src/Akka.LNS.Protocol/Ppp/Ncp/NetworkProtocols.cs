using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Ppp.Ncp;

/// <summary>One network control protocol: a row of <see cref="NetworkProtocols"/>.</summary>
public sealed class NetworkProtocol
{
    internal NetworkProtocol(ushort control, ushort data, string name, NcpMachine machine) =>
        (Control, Data, Name, Machine) = (control, data, name, machine);

    /// <summary>PPP protocol number of the control protocol.</summary>
    public ushort Control { get; }

    /// <summary>PPP protocol number of the packets that pass while the control protocol is Opened.</summary>
    public ushort Data { get; }

    /// <summary>Name in traces.</summary>
    public string Name { get; }

    internal NcpMachine Machine { get; }

    public override string ToString() => Name;
}

/// <summary>One step of a network control protocol. Pure.</summary>
/// <returns>The next state; the same object when nothing changed; <see cref="NcpState.Ended"/> when the protocol is over.</returns>
internal delegate NcpState NcpMachine(NcpState state, NetworkEvent ev, Instant now, ref EffectBuffer<NetworkEffect> effects);

/// <summary>The network control protocols by PPP protocol number. A new protocol is one row here and one file beside it.</summary>
public sealed class NetworkProtocols
{
    /// <summary>The protocols of this LNS.</summary>
    public static readonly NetworkProtocols All = new(Ipcp.Row);

    private readonly ImmutableArray<NetworkProtocol> _rows;

    internal NetworkProtocols(params ImmutableArray<NetworkProtocol> rows) => _rows = rows;

    /// <summary>The row of a control protocol; null: no row has this number.</summary>
    public NetworkProtocol? Find(ushort control)
    {
        foreach (var row in _rows)
        {
            if (row.Control == control) return row;
        }
        return null;
    }
}
