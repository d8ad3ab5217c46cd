using System.Runtime.InteropServices;
using System.Text;

namespace Akka.LNS.Stress.Nodes;

/// <summary>A network namespace for this process and its children: the ports and devices in it are nobody else's.</summary>
/// <remarks>A namespace is a property of a thread, and the runtime has many. So the first thread enters the new one and starts the program again in its
/// own place (execve): then all threads are in it.</remarks>
public static unsafe partial class OwnNetwork
{
    /// <summary>Last argument of the program once it is inside.</summary>
    public const string Mark = "--in-own-network";
    private const int CloneNewnet = 0x40000000;

    /// <summary>Null: inside, go on. Otherwise the exit code; what is wrong was told.</summary>
    public static int? Enter(string[] args)
    {
        if (args.Contains(Mark)) return LoopbackUp() ? null : Refuse("cannot bring the loopback interface up");
        if (GetEuid() != 0) return Refuse("this needs root: lnsd and its TUN device are measured in a network namespace of their own");
        if (Unshare(CloneNewnet) != 0) return Refuse("cannot make a network namespace (unshare)");
        var line = File.ReadAllBytes("/proc/self/cmdline");
        var own = Encoding.UTF8.GetString(line).TrimEnd('\0').Split('\0');
        var argv = stackalloc byte*[own.Length + 2];
        for (var i = 0; i < own.Length; i++) argv[i] = (byte*)Marshal.StringToCoTaskMemUTF8(own[i]);
        argv[own.Length] = (byte*)Marshal.StringToCoTaskMemUTF8(Mark);
        argv[own.Length + 1] = null;
        Console.Out.Flush();
        _ = Execv("/proc/self/exe", argv);
        return Refuse("cannot start again inside the network namespace (execv)");
    }

    private static int Refuse(string what)
    {
        Console.Error.WriteLine(what);
        return 3;
    }

    /// <summary>SIOCSIFFLAGS on lo (netdevice(7)).</summary>
    private static bool LoopbackUp()
    {
        const nuint SiocGifFlags = 0x8913, SiocSifFlags = 0x8914;
        const int AfInet = 2, SockDgram = 2, Up = 1, FlagsAt = 16;
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        "lo"u8.CopyTo(new Span<byte>(request, 16));
        var fd = Socket(AfInet, SockDgram, 0);
        if (fd < 0) return false;
        var done = Ioctl(fd, SiocGifFlags, request) == 0;
        *(short*)(request + FlagsAt) |= Up;
        done = done && Ioctl(fd, SiocSifFlags, request) == 0;
        _ = Close(fd);
        return done;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEuid();

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execv(string path, byte** argv);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);
}
