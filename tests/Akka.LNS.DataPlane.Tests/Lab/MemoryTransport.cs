using System.Collections.Concurrent;
using System.Net;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Tests.Lab;

/// <summary>A transport with one reader, whose datagrams a test gives and takes.</summary>
internal sealed class MemoryTransport : IL2tpTransport
{
    public static readonly UdpFlow Flow = UdpFlow.Of(IPAddress.Loopback, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1701));
    private readonly BlockingCollection<byte[][]> _reads = [];

    /// <summary>Datagrams of each write.</summary>
    public BlockingCollection<byte[][]> Writes { get; } = [];

    /// <summary>Datagrams that each write refuses.</summary>
    public int Refused { get; set; }

    public IReadOnlyList<IPEndPoint> Listening { get; } = [new IPEndPoint(IPAddress.Loopback, 1701)];
    public IReadOnlyList<TransportReader> Readers { get; } = [new TransportReader("memory", 0)];
    public void Open(int writers, Action<string> warn) { }

    /// <summary>Gives the datagrams of one read, at most <see cref="PacketBatch.Size"/>.</summary>
    public void Give(params byte[][] datagrams) => _reads.Add(datagrams);

    public unsafe void ReadBatch(int reader, PacketBatch batch)
    {
        batch.Clear();
        if (!_reads.TryTake(out var datagrams, Timeout.Infinite)) return;
        foreach (var datagram in datagrams)
        {
            datagram.CopyTo(new Span<byte>(batch.NextSlot, batch.PacketOctets));
            batch.Add(datagram.Length, Flow, isTruncated: false);
        }
    }

    public int WriteBatch(int writer, DatagramList datagrams)
    {
        Writes.Add(Octets(datagrams));
        return Refused;
    }

    private static unsafe byte[][] Octets(DatagramList datagrams)
    {
        var written = new byte[datagrams.Count][];
        for (var i = 0; i < written.Length; i++) written[i] = new ReadOnlySpan<byte>(datagrams.Start(i), datagrams.Length(i)).ToArray();
        datagrams.Clear();
        return written;
    }

    /// <summary>Datagrams of each write of control messages and PPP frames.</summary>
    public BlockingCollection<byte[][]> ControlWrites { get; } = [];

    public int WriteControl(DatagramList datagrams)
    {
        ControlWrites.Add(Octets(datagrams));
        return Refused;
    }

    public bool Send(in UdpFlow flow, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => false;
    public ulong Overflows => 0;
    public void Wake() => _reads.CompleteAdding();
    public void Dispose() { }
}
