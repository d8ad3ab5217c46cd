using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Tun;
using Akka.LNS.Wire.Ip;
using Tmds.Linux;

namespace Akka.LNS.DataPlane.Tests.Lab;

/// <summary>A network namespace of its own for each test: no test touches the host.</summary>
internal static partial class TestNet
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static unsafe partial int CapGet(uint* header, uint* data);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static unsafe partial int CapSet(uint* header, uint* data);

    /// <summary>Drops CAP_NET_ADMIN of this thread and of the threads that it starts (capabilities(7)).</summary>
    public static unsafe void GiveUpNetAdmin()
    {
        const int capNetAdmin = 12;
        var header = stackalloc uint[] { 0x20080522, 0 };
        var data = stackalloc uint[6]; // effective, permitted, inheritable: low words, then high words
        Assert.Equal(0, CapGet(header, data));
        data[0] &= ~(1u << capNetAdmin);
        Assert.Equal(0, CapSet(header, data));
    }

    /// <summary>Runs a test on a thread in a namespace of its own, with its loopback device up.</summary>
    public static void Run(Action body)
    {
        string? skip = null;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (LibC.unshare(LibC.CLONE_NEWNET) != 0)
                {
                    skip = "cannot make a network namespace: needs root";
                    return;
                }
                using var routes = new RouteSocket();
                Assert.Equal(0, routes.LinkUp(1, 65536, 1000)); // lo is always 1
                body();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        if (skip is not null) Assert.Skip(skip);
    }

    /// <summary>As <see cref="Run"/>; skips the test where there is no TUN driver.</summary>
    public static void RunWithTun(Action body)
    {
        if (!File.Exists("/dev/net/tun")) Assert.Skip("no /dev/net/tun");
        Run(body);
    }

    public static void Until(Func<bool> condition, string what) => Assert.True(SpinWait.SpinUntil(condition, Patience), what);

    /// <summary>True when the kernel of this thread's namespace routes the network to the device.</summary>
    public static bool HasRoute(string device, Ipv4Prefix network)
    {
        // the kernel prints addresses as hexadecimal numbers of its own byte order
        static string Hex(uint value) => (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value).ToString("X8");
        return File.ReadLines("/proc/thread-self/net/route").Select(static l => l.Split('\t'))
            .Any(f => f[0] == device && f[1] == Hex(network.Network.Value) && f[7] == Hex(network.Mask));
    }

    public static bool HasDevice(string name) =>
        File.ReadLines("/proc/thread-self/net/dev").Any(l => l.TrimStart().StartsWith(name + ":", StringComparison.Ordinal));
}
