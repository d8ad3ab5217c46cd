using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Akka.LNS.DataPlane.L2tpSockets;

/// <summary>Linux system calls and structures that Tmds.LibC 0.5 lacks. The project of lns-stress compiles this file, too.</summary>
internal static unsafe partial class SystemCalls
{
    /// <summary>One instruction of classic BPF.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct SockFilter(ushort Code, byte Jt, byte Jf, uint K);

    /// <summary>A program of classic BPF.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SockFprog
    {
        public ushort Length;
        public SockFilter* Filter;
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int RecvMMsg(int fd, mmsghdr* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMMsg(int fd, mmsghdr* messages, uint count, int flags);
}
