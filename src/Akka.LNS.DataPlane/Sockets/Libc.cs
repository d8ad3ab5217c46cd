using System.Runtime.InteropServices;

namespace Akka.LNS.DataPlane.Sockets;

/// <summary>The system calls of the planes, named and numbered as in Linux's headers (64-bit).</summary>
/// <remarks>Own declarations: Tmds.LibC 0.5 has neither recvmmsg, sendmmsg, poll nor ioctl.</remarks>
internal static unsafe partial class Libc
{
    public const int AfInet = 2, AfInet6 = 10, AfNetlink = 16;
    public const int SockDgram = 2, SockRaw = 3, SockCloexec = 0x80000;
    public const int IpprotoIp = 0, IpprotoUdp = 17, IpprotoIpv6 = 41, IpprotoRaw = 255;
    public const int SolSocket = 1, SoSndbuf = 7, SoRcvbuf = 8, SoReuseport = 15, SoSndbufForce = 32, SoRcvbufForce = 33, SoAttachReuseportCbpf = 51;
    public const int IpPktinfo = 8, IpMtuDiscover = 10, PmtudiscDont = 0;
    public const int Ipv6MtuDiscover = 23, Ipv6V6only = 26, Ipv6RecvPktinfo = 49, Ipv6Pktinfo = 50;
    public const int UdpNoCheck6Rx = 102;
    public const int MsgTrunc = 0x20, MsgDontwait = 0x40, MsgNosignal = 0x4000, MsgWaitforone = 0x10000;
    public const int ShutRdwr = 2;
    public const int ORdwr = 2, ONonblock = 0x800, OCloexec = 0x80000;
    public const int Eperm = 1, Enoent = 2, Eintr = 4, Enxio = 6, Eagain = 11, Eacces = 13, Ebusy = 16, Eexist = 17, Enodev = 19, Einval = 22,
        Eafnosupport = 97, Eaddrinuse = 98, Eaddrnotavail = 99;
    public const short Pollin = 1;

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVec
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MsgHdr
    {
        public void* Name;
        public uint NameLength;
        public IoVec* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MMsgHdr
    {
        public MsgHdr Header;
        public uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    /// <summary>One instruction of classic BPF.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct SockFilter(ushort Code, byte Jt, byte Jf, uint K);

    [StructLayout(LayoutKind.Sequential)]
    public struct SockFprog
    {
        public ushort Length;
        public SockFilter* Filter;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int fd, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSockName(int fd, void* address, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSockOpt(int fd, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSockOpt(int fd, int level, int name, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int RecvMMsg(int fd, MMsgHdr* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMMsg(int fd, MMsgHdr* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMsg(int fd, MsgHdr* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int fd, void* octets, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Recv(int fd, void* octets, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int fd, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, void* octets, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, void* octets, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* fds, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    /// <summary>errno of the last call on this thread.</summary>
    public static int Errno => Marshal.GetLastPInvokeError();

    /// <summary>errno in words, without a full stop.</summary>
    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";

    public static bool TrySetOption(int fd, int level, int name, int value) => SetSockOpt(fd, level, name, &value, sizeof(int)) == 0;

    public static int GetOption(int fd, int level, int name)
    {
        int value = 0;
        uint length = sizeof(int);
        return GetSockOpt(fd, level, name, &value, &length) == 0 ? value : -1;
    }
}
