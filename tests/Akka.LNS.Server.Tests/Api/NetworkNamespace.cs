using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>Network name spaces on one bridge, each with an interface eth0 (10.88.0.N) and loopback; they go with the test.</summary>
internal sealed class NetworkNamespaces : IAsyncDisposable
{
    private static int _made;
    private readonly string _prefix = $"lnsc{Environment.ProcessId}x{Interlocked.Increment(ref _made)}n";
    private readonly int _count;

    private NetworkNamespaces(int count) => _count = count;

    public string this[int node] => $"{_prefix}{node}";

    private string Hub => $"{_prefix}hub";

    public static string Address(int node) => $"10.88.0.{node}";

    /// <summary>Null: they can be made here.</summary>
    public static string? Missing { get; } = Environment.UserName != "root" ? "must be root: it makes network name spaces"
        : Process.Start(new ProcessStartInfo("sh",
            ["-c", "ip netns add lnscprobe$$ && ip netns del lnscprobe$$"])
        { RedirectStandardError = true }) is { } probe
            && Ended(probe) == 0
            ? null : "ip netns add does not work here";

    public static async Task<NetworkNamespaces> Make(int count)
    {
        var made = new NetworkNamespaces(count);
        await Run($"netns add {made.Hub}");
        await Run($"-n {made.Hub} link add br0 type bridge forward_delay 0");
        await Run($"-n {made.Hub} link set br0 up");
        for (var node = 1; node <= count; node++)
        {
            await Run($"netns add {made[node]}");
            await Run($"-n {made[node]} link set lo up");
            await Run($"-n {made.Hub} link add port{node} type veth peer name eth0 netns {made[node]}");
            await Run($"-n {made.Hub} link set port{node} master br0");
            await Run($"-n {made.Hub} link set port{node} up");
            await Run($"-n {made[node]} addr add {Address(node)}/24 dev eth0");
            await Run($"-n {made[node]} link set eth0 up");
        }
        return made;
    }

    public Task Link(int node, bool up) => Run($"-n {this[node]} link set eth0 {(up ? "up" : "down")}");

    /// <summary>Of what connects them all.</summary>
    public Task Bridge(bool up) => Run($"-n {Hub} link set br0 {(up ? "up" : "down")}");

    public async ValueTask DisposeAsync()
    {
        for (var node = 1; node <= _count; node++) await Run($"netns del {this[node]}");
        await Run($"netns del {Hub}");
    }

    private static async Task Run(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments.Split(' ')) { RedirectStandardError = true })!;
        var error = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        Assert.True(ip.ExitCode == 0, $"ip {arguments}: {error}");
    }

    private static int Ended(Process process)
    {
        using (process)
        {
            process.WaitForExit();
            return process.ExitCode;
        }
    }
}

internal static partial class NetworkNamespace
{
    private const int CloneNewnet = 0x40000000;

    /// <summary>Sockets that this thread makes from here on are in it.</summary>
    public static void EnterThread(string name)
    {
        using var file = File.OpenHandle($"/run/netns/{name}");
        if (SetNs(file, CloneNewnet) != 0) throw new InvalidOperationException($"setns {name}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(SafeHandle file, int kind);
}
