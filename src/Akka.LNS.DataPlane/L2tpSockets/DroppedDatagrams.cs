using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>Datagrams that the kernel dropped at a socket, most of them because its receive buffer was full (SO_MEMINFO).</summary>
public static class DroppedDatagrams
{
    /// <summary>Number since the socket was made. 0 for a closed socket, and on an older kernel.</summary>
    public static uint Of(Socket socket)
    {
        Span<uint> values = stackalloc uint[SocketOptions.SK_MEMINFO_VARS];
        try
        {
            var octets = MemoryMarshal.AsBytes(values);
            return socket.GetRawSocketOption(LibC.SOL_SOCKET, SocketOptions.SO_MEMINFO, octets) == octets.Length
                ? values[SocketOptions.SK_MEMINFO_DROPS] : 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }
}
