using System.Runtime.CompilerServices;
using Akka.LNS.DataPlane.Contract;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>Sends lists of datagrams with sendmmsg. Memory is allocated once. For one thread.</summary>
internal sealed unsafe class DatagramSender
{
    private const int NameOctets = 32, ControlOctets = 48;
    private readonly byte[] _memory; // pinned: keeps the pointers valid
    private readonly mmsghdr* _headers;

    public DatagramSender()
    {
        var vectorsAt = DatagramList.Size * sizeof(mmsghdr);
        var namesAt = vectorsAt + DatagramList.Size * sizeof(iovec);
        var controlsAt = namesAt + DatagramList.Size * NameOctets;
        _memory = GC.AllocateArray<byte>(controlsAt + DatagramList.Size * ControlOctets, pinned: true);
        var start = (byte*)Unsafe.AsPointer(ref _memory[0]);
        _headers = (mmsghdr*)start;
        for (var i = 0; i < DatagramList.Size; i++)
        {
            var header = HeaderOf(i);
            header->msg_name = start + namesAt + i * NameOctets;
            header->msg_iov = (iovec*)(start + vectorsAt) + i;
            header->msg_iovlen = 1;
            header->msg_control = start + controlsAt + i * ControlOctets;
        }
    }

    /// <summary>Prepares entry <paramref name="i"/> of a list.</summary>
    public void Prepare(int i, DatagramList datagrams, Listener listener)
    {
        var header = HeaderOf(i);
        ref readonly var flow = ref datagrams.Flow(i);
        header->msg_namelen = SocketOctets.WriteAddress((byte*)header->msg_name, listener.IsIpv6, flow.RemoteAddress, flow.RemotePort);
        header->msg_controllen = listener.IsWildcard
            ? SocketOctets.WritePktinfo((byte*)header->msg_control, listener.IsIpv6, flow.LocalAddress)
            : 0;
        header->msg_iov->iov_base = datagrams.Start(i);
        header->msg_iov->iov_len = datagrams.Length(i);
    }

    /// <summary>Sends the prepared entries from <paramref name="at"/> to before <paramref name="end"/>.
    /// Returns how many the socket refused.</summary>
    public int Send(int fd, int at, int end)
    {
        var refused = 0;
        while (at < end)
        {
            var sent = SystemCalls.SendMMsg(fd, _headers + at, (uint)(end - at), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent > 0)
            {
                at += sent;
                continue;
            }
            var error = errno;
            if (error == EINTR) continue;
            var lost = error == EAGAIN ? end - at : 1; // a full buffer refuses the rest, another error only this datagram
            refused += lost;
            at += lost;
        }
        return refused;
    }

    /// <summary>A mmsghdr begins with its msghdr.</summary>
    private msghdr* HeaderOf(int i) => (msghdr*)(_headers + i);
}
