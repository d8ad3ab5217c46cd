using System.Runtime.InteropServices;
using System.Text;
using static Tmds.Linux.LibC;

namespace Akka.LNS.Stress.Nodes;

/// <summary>A network namespace for this process and its children, with ports and devices of its own.</summary>
/// <remarks>A namespace belongs to a thread, and the runtime has many. So the first thread enters the new namespace and replaces the
/// program by itself (execve): then all threads are in it.</remarks>
public static unsafe partial class OwnNetwork
{
    /// <summary>Last argument of the program inside the namespace.</summary>
    public const string Mark = "--in-own-network";

    /// <summary>Enters the namespace. Null: the program is inside and continues. Else the exit code, after a message.</summary>
    public static int? Enter(string[] args)
    {
        if (args.Contains(Mark)) return LoopbackUp() ? null : Refuse("cannot bring the loopback interface up");
        if (geteuid() != 0) return Refuse("needs root: lnsd and its TUN device run in their own network namespace");
        if (unshare(CLONE_NEWNET) != 0) return Refuse("cannot create a network namespace (unshare)");
        var line = File.ReadAllBytes("/proc/self/cmdline");
        var own = Encoding.UTF8.GetString(line).TrimEnd('\0').Split('\0');
        var argv = stackalloc byte*[own.Length + 2];
        for (var i = 0; i < own.Length; i++) argv[i] = (byte*)Marshal.StringToCoTaskMemUTF8(own[i]);
        argv[own.Length] = (byte*)Marshal.StringToCoTaskMemUTF8(Mark);
        argv[own.Length + 1] = null;
        Console.Out.Flush();
        _ = Execv("/proc/self/exe", argv);
        return Refuse("cannot restart inside the network namespace (execv)");
    }

    private static int Refuse(string what)
    {
        Console.Error.WriteLine(what);
        return 3;
    }

    /// <summary>SIOCSIFFLAGS on lo (netdevice(7)).</summary>
    private static bool LoopbackUp()
    {
        const int flagsAt = 16, up = 1; // IFF_UP
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        "lo"u8.CopyTo(new Span<byte>(request, 16));
        var fd = socket(AF_INET, SOCK_DGRAM, 0);
        if (fd < 0) return false;
        var done = ioctl(fd, SIOCGIFFLAGS, request) == 0;
        *(short*)(request + flagsAt) |= up;
        done = done && ioctl(fd, SIOCSIFFLAGS, request) == 0;
        _ = close(fd);
        return done;
    }

    /// <summary>Keeps the environment. Tmds.LibC has only execve, which needs one.</summary>
    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execv(string path, byte** argv);
}
