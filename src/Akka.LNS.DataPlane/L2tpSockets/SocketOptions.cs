using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>Integer options of a socket, and errno as text.</summary>
internal static unsafe class SocketOptions
{
    internal const int SO_MEMINFO = 55, SK_MEMINFO_DROPS = 8, SK_MEMINFO_VARS = 9; // linux/sock_diag.h

    /// <summary>False: errno is set.</summary>
    public static bool TrySet(int fd, int level, int name, int value) => LibC.setsockopt(fd, level, name, &value, sizeof(int)) == 0;

    /// <summary>-1: errno is set.</summary>
    public static int Get(int fd, int level, int name)
    {
        var value = 0;
        socklen_t length = sizeof(int);
        return LibC.getsockopt(fd, level, name, &value, &length) == 0 ? value : -1;
    }

    /// <summary>Datagrams that a socket dropped, most of them because its receive buffer was full. 0 on an older kernel.</summary>
    public static uint Drops(int fd)
    {
        var values = stackalloc uint[SK_MEMINFO_VARS];
        socklen_t length = SK_MEMINFO_VARS * sizeof(uint);
        return LibC.getsockopt(fd, LibC.SOL_SOCKET, SO_MEMINFO, values, &length) == 0
            && (uint)length == SK_MEMINFO_VARS * sizeof(uint) ? values[SK_MEMINFO_DROPS] : 0;
    }

    /// <summary>Text and number of an errno, without a full stop.</summary>
    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}
