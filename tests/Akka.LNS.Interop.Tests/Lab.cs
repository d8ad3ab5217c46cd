using System.Reflection;
using System.Text.Json;

namespace Akka.LNS.Interop.Tests;

/// <summary>
/// One network name space that holds everything of a test class: a bridge with the clients' machine on it (10.99.0.1/16 is the LNS's side),
/// an address behind the LNS ("the Internet", 198.51.100.1), the LNS and its RADIUS servers. It is made new for each class and removed at
/// its end, whatever happened in between.
/// </summary>
public sealed class Lab : IAsyncLifetime
{
    public const string LnsAddress = "10.99.0.1";
    public const string Internet = "198.51.100.1";
    private const string Prefix = "lnslab";
    private static int _count;

    private Guest? _guest;

    /// <summary>Reason why this machine cannot run a lab. Null: it can.</summary>
    public static string? Missing { get; } = FindMissing();
    public static string LnsdProgram { get; } = Path.GetFullPath(Environment.GetEnvironmentVariable("LNSD_UNDER_TEST") ?? Metadata("Lnsd"));
    public static string Root { get; } = Path.GetFullPath(Metadata("Root"));
    internal static string Scripts { get; } = Path.Combine(AppContext.BaseDirectory, "lab");

    public string Namespace { get; } = $"{Prefix}{Environment.ProcessId}x{Interlocked.Increment(ref _count)}";
    /// <summary>Folder of this lab's files. It is removed with the lab unless LNSLAB_KEEP is set.</summary>
    public string Folder => FolderOf(Namespace);

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null) return;
        await RemoveOrphans();
        Directory.CreateDirectory(Folder);
        await Make();
        _guest = await Guest.Boot(this);
    }

    /// <summary>The machine that the clients run on.</summary>
    public Guest Guest => _guest ?? throw new InvalidOperationException("the clients' machine did not start");

    public Task<UmlClient> Client(string user, string password = "pw", string auth = "chap") =>
        Client(new ClientSettings(user, password, auth));
    public Task<UmlClient> Client(ClientSettings settings) => UmlClient.Create(Guest, settings);

    public Task<FreeRadius> Radius(string users, int port = 1812, string rejectText = "Wrong name or password") =>
        FreeRadius.Start(this, users, port, rejectText);

    public Task<Lnsd> Start(string hocon) => Lnsd.Start(this, hocon);

    /// <summary>Command line of a program inside the name space: give it to <see cref="Commands"/>.</summary>
    public IEnumerable<string> Inside(params IEnumerable<string> command) => ["netns", "exec", Namespace, .. command];

    public Task<CommandResult> Run(params IEnumerable<string> command) => Commands.Run("ip", Inside(command));

    /// <summary>Pings a subscriber from "the Internet", through the LNS.</summary>
    public async Task<PingResult> Ping(string to, int size = 56, bool dontFragment = false, int count = 3, bool inVain = false) =>
        PingResult.Parse((await Run(PingResult.Command(to, size, dontFragment, count, inVain, "-I", Internet))).Output);

    /// <summary>Output of <c>ip -j</c> in the name space.</summary>
    public async Task<JsonElement> Ip(params IEnumerable<string> arguments)
    {
        var result = (await Commands.Run("ip", ["-n", Namespace, "-j", .. arguments])).OrThrow("ip");
        using var document = JsonDocument.Parse(result.Output.Trim() is { Length: > 0 } json ? json : "[]");
        return document.RootElement.Clone();
    }

    /// <summary>Names of the interfaces in the name space that are neither the lab's nor the kernel's own.</summary>
    public async Task<string[]> ForeignInterfaces() =>
        [.. (await Ip("link", "show")).EnumerateArray().Select(link => link.GetProperty("ifname").GetString()!)
            .Where(static name => name is not ("lo" or "br0" or "srv0" or "clients"))];

    /// <summary>Routes that lead to one address and no other.</summary>
    public async Task<string[]> HostRoutes(string address) =>
        [.. (await Ip("route", "show", "table", "all")).EnumerateArray().Where(r => r.GetProperty("dst").GetString() == address)
            .Select(static r => r.GetRawText())];

    public async ValueTask DisposeAsync()
    {
        if (Missing is not null) return;
        try
        {
            if (_guest is not null) await _guest.DisposeAsync();
        }
        finally
        {
            await Commands.Run("ip", "netns", "del", Namespace);
            if (Environment.GetEnvironmentVariable("LNSLAB_KEEP") is null) Directory.Delete(Folder, recursive: true);
        }
    }

    private static string FolderOf(string name) => Path.Combine(Path.GetTempPath(), name);

    private async Task Make()
    {
        (await Commands.Run("ip", "netns", "add", Namespace)).OrThrow("ip netns add");
        // A fixed address for the bridge: otherwise it takes the lowest of its ports', and what the clients know by ARP goes stale.
        // A bridge without ports stands in for a dummy interface, which not every kernel has.
        string[] steps =
        [
            "link set lo up",
            "link add br0 address 02:00:00:99:00:01 type bridge forward_delay 0",
            $"addr add {LnsAddress}/16 dev br0",
            "link set br0 up",
            "link add srv0 type bridge",
            $"addr add {Internet}/32 dev srv0",
            "link set srv0 up",
            "tuntap add clients mode tap",
            "link set clients master br0",
            "link set clients up",
        ];
        foreach (var step in steps) (await Commands.Run("ip", ["-n", Namespace, .. step.Split(' ')])).OrThrow($"ip {step}");
        (await Run("bash", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")).OrThrow("ip_forward");
    }

    /// <summary>Labs of test runs that were killed: their name holds the process id of their owner.</summary>
    private static async Task RemoveOrphans()
    {
        var names = (await Commands.Run("ip", "netns", "list")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(' ')[0]).Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var name in names)
        {
            var owner = name[Prefix.Length..].Split('x')[0];
            if (!int.TryParse(owner, CultureInfo.InvariantCulture, out _) || Directory.Exists($"/proc/{owner}")) continue;
            foreach (var id in (await Commands.Run("ip", "netns", "pids", name)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                await Commands.Run("bash", "-c", $"kill -9 {id}");
            await Commands.Run("ip", "netns", "del", name);
            if (Directory.Exists(FolderOf(name))) Directory.Delete(FolderOf(name), recursive: true);
        }
    }

    private static string? FindMissing()
    {
        if (Environment.UserName != "root") return "must be root: it makes network name spaces and tap devices";
        if (!File.Exists("/dev/net/tun")) return "no /dev/net/tun";
        (string Program, string Package)[] needed =
        [
            ("linux.uml", "user-mode-linux"), ("xl2tpd", "xl2tpd"), ("pppd", "ppp"), ("freeradius", "freeradius"), ("ip", "iproute2"),
            ("ping", "iputils-ping"), ("modprobe", "kmod"),
        ];
        string[] folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin", "/usr/local/sbin"];
        var missing = needed.Where(n => !folders.Any(f => File.Exists(Path.Combine(f, n.Program)))).Select(static n => n.Package).ToList();
        return missing.Count == 0 ? null : $"packages not installed: {string.Join(' ', missing)}";
    }

    private static string Metadata(string key) =>
        typeof(Lab).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
