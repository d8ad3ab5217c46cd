using System.Diagnostics;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>One thread from the LACs to the device: control to its receiver, PPP control to the path's receiver, IPv4 to the
/// device.</summary>
internal sealed class Upstream(IL2tpTransport transport, int reader, IIpDevice device, PathTable paths, Policer policer,
    IControlReceiver receiver, ThreadCounters counters, CancellationToken stopping)
{
    private const int DatagramOctets = 9216 + 256; // jumbo frames with their headers
    private readonly PacketBatch _batch = new(DatagramOctets);
    private readonly int _worker = transport.Readers[reader].Worker;

    public void Run()
    {
        while (!stopping.IsCancellationRequested)
        {
            transport.ReadBatch(reader, _batch);
            if (stopping.IsCancellationRequested) return;
            if (_batch.Count == 0) continue;
            Process(Stopwatch.GetTimestamp());
        }
    }

    private void Process(long now)
    {
        var forwarded = 0;
        for (var i = 0; i < _batch.Count; i++)
        {
            if (Process(i, now)) forwarded++;
            else _batch.Drop(i);
        }
        if (forwarded == 0) return;
        var refused = device.WriteBatch(_worker, _batch);
        if (refused > 0) counters.Drop(DropReason.DeviceFailed, (ulong)refused);
    }

    /// <summary>True: the entry is an IPv4 packet for the device now.</summary>
    private bool Process(int i, long now)
    {
        var datagram = _batch[i];
        if (_batch.IsTruncated(i)) counters.Drop(DropReason.Oversized);
        else if (datagram.Length < 2) counters.Drop(DropReason.Truncated);
        else if (L2tpHeaderView.LooksLikeControl(datagram)) OnControl(_batch.Flow(i), datagram);
        else return OnData(i, datagram, now);
        return false;
    }

    private bool OnData(int i, ReadOnlySpan<byte> datagram, long now)
    {
        var packet = new UpPacket(datagram, _batch.Flow(i), counters, now);
        if (!UpStages.ReadL2tp(ref packet)
            || !UpStages.FindPath(ref packet, paths)
            || !UpStages.CheckPeer(ref packet)
            || !UpStages.ReadPpp(ref packet)
            || !UpStages.SplitByProtocol(ref packet, policer)
            || !UpStages.CheckForwarding(ref packet)
            || !UpStages.ReadIp(ref packet)
            || !UpStages.CheckSource(ref packet)) return false;
        UpStages.ClampMss(ref packet);
        UpStages.Count(ref packet);
        _batch.Narrow(i, packet.Ip.Packet);
        return true;
    }

    private void OnControl(in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        if ((datagram[1] & 0x0F) != 2)
        {
            counters.Drop(DropReason.BadVersion);
            return;
        }
        counters.Add(PlaneCounter.ControlIn);
        try
        {
            receiver.OnControl(flow, datagram);
        }
        catch (Exception) // one datagram must not end the thread that serves all tunnels
        {
            counters.Drop(DropReason.ReceiverFailed);
        }
    }
}
