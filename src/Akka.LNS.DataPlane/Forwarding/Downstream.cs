using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Paths;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Forwarding;

/// <summary>One thread from a queue of the device to the LACs.</summary>
internal sealed unsafe class Downstream(IIpDevice device, int queue, IL2tpTransport transport, RouteTable routes, IcmpErrors icmp,
    ThreadCounters counters, CancellationToken stopping)
{
    private readonly PacketBatch _batch = new(device.PacketOctets);
    private readonly PacketBatch _fragments = new(device.PacketOctets); // a packet's fragments need slots of their own
    private readonly DatagramList _datagrams = new();

    public void Run()
    {
        while (!stopping.IsCancellationRequested && device.ReadBatch(queue, _batch))
        {
            if (_batch.Count == 0) continue;
            var now = Stopwatch.GetTimestamp();
            for (var i = 0; i < _batch.Count; i++) Process(_batch[i], now);
            Flush();
        }
    }

    private void Process(ReadOnlySpan<byte> octets, long now)
    {
        var packet = new DownPacket(octets, counters, now);
        if (!DownStages.ReadIp(ref packet)
            || !DownStages.FindPath(ref packet, routes)
            || !DownStages.CheckForwarding(ref packet)) return;
        switch (DownStages.CheckMtu(ref packet))
        {
            case MtuVerdict.Refuse:
                packet.DropOnPath(DropReason.TooBig);
                if (icmp.FragmentationNeeded(packet.Ip, packet.Forwarding.Mtu, packet.Now)) counters.Add(PlaneCounter.IcmpSent);
                return;
            case MtuVerdict.Fragment:
                Fragment(ref packet);
                return;
        }
        DownStages.ClampMss(ref packet);
        if (_datagrams.IsFull) Flush();
        var ip = packet.Ip.Packet;
        Send(ref packet, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(ip)), ip.Length);
    }

    private void Fragment(ref DownPacket packet)
    {
        counters.Add(PlaneCounter.Fragmented);
        var fragments = new Ipv4Fragmenter(packet.Ip, packet.Forwarding.Mtu);
        while (true)
        {
            if (_datagrams.IsFull || _fragments.IsFull) Flush();
            var slot = _fragments.NextSlot;
            if (!fragments.TryNext(new Span<byte>(slot, _fragments.PacketOctets), out var length)) return;
            _fragments.Add(length);
            Send(ref packet, slot, length);
        }
    }

    /// <summary>Puts the headers in front of an IPv4 packet in a slot and takes it into the list of datagrams.</summary>
    private void Send(ref DownPacket packet, byte* start, int length)
    {
        var settings = packet.Path.Attached.Settings;
        var headers = DownStages.WriteHeaders(packet.Path, settings, start);
        DownStages.Count(ref packet, length);
        _datagrams.Add(start - headers, headers + length, settings.Flow);
    }

    private void Flush()
    {
        if (_datagrams.Count > 0)
        {
            var refused = transport.WriteBatch(queue, _datagrams);
            if (refused > 0) counters.Drop(DropReason.SendFailed, (ulong)refused);
        }
        _fragments.Clear();
    }
}
