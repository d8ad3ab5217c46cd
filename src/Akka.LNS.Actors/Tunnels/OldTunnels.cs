using Akka.LNS.Actors.Overload;
using Akka.LNS.Actors.Threads;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>
/// Ends the tunnels of the process before at their LACs: one StopCCN for each at a bounded rate, and the same with the right number when
/// the LAC answers. Part of <see cref="TunnelsActor"/>.
/// </summary>
internal sealed class OldTunnels(TunnelContext node, ControlIntake intake)
{
    private sealed class Old(KeptTunnel tunnel, TunnelPort port)
    {
        public KeptTunnel Tunnel { get; } = tunnel;
        public TunnelPort Port { get; } = port;
        public int Answers { get; set; }
    }

    /// <summary>StopCCNs of one batch.</summary>
    private const int Batch = 100;

    /// <summary>Messages of one LAC that get an answer. The LAC may answer the last one, too.</summary>
    private const int MostAnswers = 3;
    private const int MostWaiting = 4;

    /// <summary>Time between two batches: 2,000 StopCCNs per second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly ResultCode Restarted = new(ResultCode.StopCcn.Clear, null, "the LNS has restarted");
    private readonly Dictionary<ushort, Old> _old = [];
    private readonly Queue<Old> _untold = new();

    /// <summary>Takes the tunnels of the process before.</summary>
    public void Begin(IActorRef tunnels)
    {
        if (node.State is not { } state) return;
        var listening = TunnelStateFile.EndpointsOf(node.Plane.Listening);
        foreach (var tunnel in state.Old)
        {
            var listener = Array.IndexOf(listening, tunnel.Listener);
            if (listener < 0) continue; // the address is no longer in the settings: no answer can come from it
            var flow = new UdpFlow(tunnel.LocalAddress, tunnel.Remote.Address, tunnel.Remote.Port, (byte)listener);
            var old = new Old(tunnel, new TunnelPort(tunnel.Local, flow, new Intake(MostWaiting), tunnels));
            if (!_old.TryAdd(tunnel.Local, old)) continue;
            intake.Publish(old.Port);
            _untold.Enqueue(old);
        }
        if (!state.Old.IsEmpty) node.Log.OldTunnels(_old.Count, state.Old.Length - _old.Count);
    }

    /// <summary>Sends the next batch. False: all tunnels are told.</summary>
    public bool TellSome()
    {
        for (var i = 0; i < Batch && _untold.TryDequeue(out var old); i++)
            node.Plane.GatherControl(old.Port.Flow, old.Tunnel.Stop(Restarted));
        if (_untold.Count > 0) return true;
        node.State?.Begin(node.Plane.Listening);
        return false;
    }

    /// <summary>A message of the LAC. False: it is for another tunnel.</summary>
    public bool TryAnswer(ControlArrived datagram)
    {
        if (_old.Count == 0 || !L2tpHeaderView.TryRead(datagram.Octets, out var header, out _)
            || !_old.TryGetValue(header.TunnelId.Value, out var old)) return false;
        old.Port.Intake.Done();
        if (old.Answers >= MostAnswers) return true; // it was on its way
        node.Plane.GatherControl(old.Port.Flow, old.Tunnel.StopAfter(header, Restarted));
        if (++old.Answers == MostAnswers) intake.Withdraw(old.Tunnel.Local);
        return true;
    }
}
