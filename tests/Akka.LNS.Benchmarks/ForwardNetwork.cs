using System.Diagnostics;
using System.Globalization;
using Akka.LNS.Wire;

namespace Akka.LNS.Benchmarks;

/// <summary>
/// The network namespace of one lnsd, joined by two veth pairs to the namespace of this process: one to the LACs, one to the servers.
/// </summary>
/// <remarks>A process that waits for its input holds the namespace. When this process ends in any way, the input ends, and with it the
/// holder, the namespace and the devices.</remarks>
internal sealed class ForwardNetwork : IDisposable
{
    private readonly Process _holder;
    private readonly int _number;

    /// <param name="number">0 to 50: gives the names and addresses.</param>
    /// <exception cref="InvalidOperationException">The namespace or a device cannot be made.</exception>
    public ForwardNetwork(int number)
    {
        _number = number;
        _holder = Process.Start(new ProcessStartInfo("unshare", ["--net", "cat"]) { RedirectStandardInput = true })
            ?? throw new InvalidOperationException("unshare does not start");
        try
        {
            WaitForNamespace();
            Run([.. Inside, "ip", "link", "set", "lo", "up"]);
            Join("lac", Lac, Lns);
            Join(ServerDevice, Server, Gateway);
            Run([.. Inside, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
            Run(["ip", "route", "add", Pool, "via", Gateway.ToString()]);
            Run(["ip", "route", "replace", "local", $"{FirstLac}/25", "dev", "lo"]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Address of the LACs and of RADIUS.</summary>
    public Ipv4Address Lac => Address(0, 1);

    /// <summary>First of 127 further addresses of LACs.</summary>
    public Ipv4Address FirstLac => Address(0, 128);

    /// <summary>Name of the device of the servers inside the namespace.</summary>
    public static string ServerDevice => "srv";

    /// <summary>Address that the LNS listens on.</summary>
    public Ipv4Address Lns => Address(0, 2);

    /// <summary>Address of the server behind the LNS.</summary>
    public Ipv4Address Server => Address(1, 1);

    /// <summary>The subscribers' addresses.</summary>
    public string Pool => string.Create(CultureInfo.InvariantCulture, $"10.{_number}.0.0/16");

    /// <summary>A command that executes another one in the namespace.</summary>
    public IReadOnlyList<string> Inside => ["nsenter", "-t", _holder.Id.ToString(CultureInfo.InvariantCulture), "-n"];

    /// <summary>
    /// As <see cref="Inside"/>; the kernel kills the command when the thread that started it ends (PR_SET_PDEATHSIG of prctl(2)).
    /// </summary>
    public IReadOnlyList<string> InsideUntilWeEnd => ["setpriv", "--pdeathsig", "KILL", .. Inside];

    private Ipv4Address Gateway => Address(1, 2);

    public void Dispose()
    {
        _holder.StandardInput.Close();
        if (!_holder.WaitForExit(TimeSpan.FromSeconds(5))) _holder.Kill();
        _holder.Dispose();
    }

    private Ipv4Address Address(int side, int host) => new(0xC0A86400 + (uint)((2 * _number + side) << 8) + (uint)host); // 192.168.100.0 on

    private void Join(string name, Ipv4Address here, Ipv4Address there)
    {
        var own = $"{name}{_number}";
        Run(["ip", "link", "add", own, "type", "veth", "peer", "name", name, "netns", Inside[2]]);
        Run(["ip", "addr", "add", $"{here}/24", "dev", own]);
        Run(["ip", "link", "set", own, "up"]);
        Run([.. Inside, "ip", "addr", "add", $"{there}/24", "dev", name]);
        Run([.. Inside, "ip", "link", "set", name, "up"]);
    }

    /// <summary>The holder starts in our namespace and enters its own a little later.</summary>
    private void WaitForNamespace()
    {
        var own = NamespaceOf("self");
        if (!SpinWait.SpinUntil(() => _holder.HasExited || NamespaceOf(Inside[2]) != own, TimeSpan.FromSeconds(10)) || _holder.HasExited)
            throw new InvalidOperationException("unshare makes no network namespace");
    }

    private static string? NamespaceOf(string process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;

    private static void Run(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{command[0]} does not start");
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)}: {error.Trim()}");
    }
}
