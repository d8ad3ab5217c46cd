using System.Runtime.CompilerServices;
using Akka.LNS.DataPlane.Contract;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>Reads datagrams of one socket with recvmmsg. Memory is allocated once. For one thread.</summary>
internal sealed unsafe class DatagramReceiver
{
    private const int NameOctets = 32, ControlOctets = 64;
    private readonly Listener _listener;
    private readonly int _fd;
    private readonly byte[] _memory; // pinned: keeps the pointers valid
    private readonly mmsghdr* _headers;
    private readonly iovec* _vectors;
    private PacketBatch? _batch; // the headers point to its slots
    private int _used;           // headers that the kernel has written since they were prepared

    public DatagramReceiver(Listener listener, int fd)
    {
        (_listener, _fd) = (listener, fd);
        var vectorsAt = PacketBatch.Size * sizeof(mmsghdr);
        var namesAt = vectorsAt + PacketBatch.Size * sizeof(iovec);
        var controlsAt = namesAt + PacketBatch.Size * NameOctets;
        _memory = GC.AllocateArray<byte>(controlsAt + PacketBatch.Size * ControlOctets, pinned: true);
        var start = (byte*)Unsafe.AsPointer(ref _memory[0]);
        _headers = (mmsghdr*)start;
        _vectors = (iovec*)(start + vectorsAt);
        for (var i = 0; i < PacketBatch.Size; i++)
        {
            var header = HeaderOf(i);
            header->msg_name = start + namesAt + i * NameOctets;
            header->msg_iov = _vectors + i;
            header->msg_iovlen = 1;
            header->msg_control = start + controlsAt + i * ControlOctets;
        }
        _used = PacketBatch.Size;
    }

    /// <summary>Clears the batch, waits for one datagram and takes what else is there.
    /// The batch stays empty when the socket fails.</summary>
    public void Read(PacketBatch batch)
    {
        if (batch != _batch) PointTo(batch);
        Prepare();
        batch.Clear();
        var count = SystemCalls.RecvMMsg(_fd, _headers, PacketBatch.Size, MSG_WAITFORONE, null);
        if (count < 0)
        {
            var error = errno; // an unconnected socket fails only with EINTR or for want of memory
            if (error != EINTR && error != EAGAIN) Thread.Yield();
            return;
        }
        _used = count;
        for (var i = 0; i < count; i++)
        {
            var header = HeaderOf(i);
            if (header->msg_namelen == 0) // no sender: the socket was shut down
            {
                batch.Add(0, default, isTruncated: false);
                continue;
            }
            var remote = SocketOctets.ReadAddress((byte*)header->msg_name, _listener.IsIpv6, out var port);
            var local = _listener.IsWildcard
                ? SocketOctets.ReadPktinfo((byte*)header->msg_control, (nuint)(uint)header->msg_controllen)
                : _listener.Address;
            batch.Add((int)_headers[i].msg_len, new UdpFlow(local, remote, port, _listener.Index), (header->msg_flags & MSG_TRUNC) != 0);
        }
    }

    private void PointTo(PacketBatch batch)
    {
        _batch = batch;
        for (var i = 0; i < PacketBatch.Size; i++)
        {
            _vectors[i].iov_base = batch.Slot(i);
            _vectors[i].iov_len = batch.PacketOctets;
        }
    }

    /// <summary>Restores the lengths that the kernel has overwritten.</summary>
    private void Prepare()
    {
        for (var i = 0; i < _used; i++)
        {
            var header = HeaderOf(i);
            header->msg_namelen = NameOctets;
            header->msg_controllen = ControlOctets;
        }
        _used = 0;
    }

    /// <summary>A mmsghdr begins with its msghdr.</summary>
    private msghdr* HeaderOf(int i) => (msghdr*)(_headers + i);
}
