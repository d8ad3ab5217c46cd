using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>Sends datagrams of a socket that is bound to 0.0.0.0 or [::] from one address of the node (IP_PKTINFO, ip(7)).</summary>
public static unsafe class SourcedDatagram
{
    /// <summary>Sends a datagram.</summary>
    /// <param name="socket">IPv4 socket, or an IPv6 socket, which may be dual-stack.</param>
    /// <param name="from">Source address: one of the node's own.</param>
    /// <returns>False: the system did not send it. The address may be no address of the node any more.</returns>
    public static bool TrySend(Socket socket, ReadOnlySpan<byte> datagram, IPEndPoint to, IPAddress from)
    {
        var isIpv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        var address = stackalloc byte[SocketOctets.MaxAddress];
        var control = stackalloc byte[SocketOctets.MaxControl];
        var length = SocketOctets.WriteAddress(address, isIpv6, Number(to.Address), (ushort)to.Port);
        if (to.Address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: > 0 and var scope })
            Unsafe.WriteUnaligned(address + 24, (uint)scope); // sin6_scope_id: a link-local address needs its interface
        var isHeld = false;
        fixed (byte* octets = datagram)
        {
            var vector = new iovec { iov_base = octets, iov_len = datagram.Length };
            var message = new msghdr
            {
                msg_name = address,
                msg_namelen = length,
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = SocketOctets.WritePktinfo(control, isIpv6, Number(from)),
            };
            try
            {
                socket.SafeHandle.DangerousAddRef(ref isHeld); // no other socket gets the number meanwhile
                ssize_t sent;
                do sent = sendmsg((int)socket.SafeHandle.DangerousGetHandle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
                while (sent < 0 && errno == EINTR);
                return sent == datagram.Length;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
            finally
            {
                if (isHeld) socket.SafeHandle.DangerousRelease();
            }
        }
    }

    /// <summary>An IPv4 address is the mapped one, of which an IPv4 socket takes the last 32 bits.</summary>
    private static UInt128 Number(IPAddress address) =>
        BinaryPrimitives.ReadUInt128BigEndian(address.MapToIPv6().GetAddressBytes());
}
