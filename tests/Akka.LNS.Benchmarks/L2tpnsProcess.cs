using System.Diagnostics;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Sockets;

namespace Akka.LNS.Benchmarks;

/// <summary>Debian's l2tpns as a child process with a configuration of its own.</summary>
/// <remarks>It reads its address pool and its users only from /etc/l2tpns, so it gets a mount namespace with its own folder there. It is
/// a cluster of one node: it needs an interface for multicast, and takes calls about two seconds after its start.</remarks>
internal sealed class L2tpnsProcess : MeasuredLns
{
    private const string Folder = "/etc/l2tpns";
    private const int LastLines = 10;
    private readonly string _directory = Directory.CreateTempSubdirectory("akka-lns-l2tpns-").FullName;
    private readonly Process _process;
    private readonly bool _keep;

    /// <param name="listen">Its address.</param>
    /// <param name="pool">Addresses of the subscribers, as a prefix.</param>
    /// <param name="cluster">Interface of its cluster.</param>
    /// <param name="radius">Its RADIUS server.</param>
    /// <param name="secret">RADIUS secret.</param>
    /// <param name="launcher">Command with arguments that starts it; empty: none.</param>
    /// <param name="keep">Keep configuration and log after the end.</param>
    public L2tpnsProcess(UdpEndpoint listen, string pool, string cluster, RadiusResponder radius, string secret,
        IReadOnlyList<string> launcher, bool keep)
    {
        _keep = keep;
        var etc = Directory.CreateDirectory(Path.Combine(_directory, "etc")).FullName;
        var accounting = Directory.CreateDirectory(Path.Combine(_directory, "acct")).FullName;
        File.WriteAllText(Path.Combine(etc, "ip_pool"), pool + "\n");
        File.WriteAllText(Path.Combine(etc, "users"), "");
        // the level of the log is that of Debian's own configuration
        File.WriteAllText(Path.Combine(etc, "startup-config"), $"""
            set debug 3
            set log_file "{LogFile}"
            set pid_file "{_directory}/pid"
            set hostname "lns"
            set l2tp_mtu 1460
            set primary_dns 10.0.0.1
            set secondary_dns 10.0.0.2
            set primary_radius {radius.Address}
            set primary_radius_port {radius.AuthenticationPort}
            set radius_secret "{secret}"
            set radius_authtypes "chap"
            set radius_accounting yes
            set accounting_dir "{accounting}"
            set allow_duplicate_users yes
            set bind_address {listen.Address}
            set peer_address 100.64.0.1
            set cluster_interface "{cluster}"
            set cluster_hb_interval 2
            set cluster_hb_timeout 10
            set scheduler_fifo no
            set lock_pages no

            """);
        string[] command =
        [
            .. launcher, "unshare", "-m", "sh", "-c", $"mount --bind \"$1\" {Folder} && exec {Program} -c {Folder}/startup-config",
            "l2tpns", etc,
        ];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = _directory, RedirectStandardOutput = true, RedirectStandardError = true,
        })
            ?? throw new InvalidOperationException("l2tpns does not start");
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private static string Program => "/usr/sbin/l2tpns";
    private string LogFile => Path.Combine(_directory, "log");

    public static bool IsInstalled => File.Exists(Program);
    public override int Id => _process.Id;
    public override bool HasExited => _process.HasExited;
    public override string Said => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(LastLines)) : "";
    public override bool IsReady =>
        File.Exists(LogFile) && File.ReadLines(LogFile).Any(static l => l.Contains("declaring myself the master"));

    public override void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        if (_keep) Console.WriteLine($"configuration and log of l2tpns: {_directory}");
        else Directory.Delete(_directory, recursive: true);
    }
}
