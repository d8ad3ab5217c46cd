using System.Diagnostics;

namespace Akka.LNS.Interop.Tests;

/// <summary>One request in the format of FreeRADIUS's detail module.</summary>
public sealed record RadiusRecord(IReadOnlyList<KeyValuePair<string, string>> Attributes)
{
    public string? this[string name] => Attributes.FirstOrDefault(a => a.Key == name).Value;
    public string Status => this["Acct-Status-Type"] ?? string.Empty;
    public string SessionId => this["Acct-Session-Id"] ?? string.Empty;
    public string User => this["User-Name"] ?? string.Empty;
    public long Number(string name) => this[name] is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;
    public override string ToString() => string.Join(Environment.NewLine, Attributes.Select(static a => $"    {a.Key} = {a.Value}"));

    /// <summary>
    /// A record is a line with the time, lines of attributes behind a tab, and an empty line, without which it is not complete.
    /// </summary>
    public static List<RadiusRecord> Parse(string text)
    {
        var (records, current) = (new List<RadiusRecord>(), new List<KeyValuePair<string, string>>());
        foreach (var line in text.Split('\n').SkipLast(1))
        {
            if (line.StartsWith('\t') && line.Split(" = ", 2) is [var name, var value])
            {
                current.Add(new(name.Trim(), value.Trim('"')));
            }
            else if (line.Length == 0 && current.Count > 0)
            {
                records.Add(new RadiusRecord(current));
                current = [];
            }
        }

        return records;
    }
}

/// <summary>Debian's FreeRADIUS with a private configuration, in the lab's name space.</summary>
public sealed class FreeRadius : IAsyncDisposable
{
    public const string Secret = "testing123";
    private readonly Process _process;
    private readonly string _folder;
    private readonly List<string> _output = [];

    private FreeRadius(Lab lab, string folder, int port)
    {
        (_folder, Port) = (folder, port);
        _process = Commands.Launch(line => { lock (_output) _output.Add(line); }, "ip",
            lab.Inside("freeradius", "-f", "-d", folder, "-n", "radiusd"));
    }

    /// <summary>Port of authentication. Accounting has the next one.</summary>
    public int Port { get; }
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Accounting-Requests in the order of their arrival.</summary>
    public List<RadiusRecord> Accounting => Read("detail");
    /// <summary>Access-Requests in the order of their arrival.</summary>
    public List<RadiusRecord> Requests => Read("auth-detail");

    public static async Task<FreeRadius> Start(Lab lab, string users, int port, string rejectText)
    {
        var folder = Directory.CreateDirectory(Path.Combine(lab.Folder, $"radius{Directory.GetDirectories(lab.Folder).Length}")).FullName;
        var settings = await File.ReadAllTextAsync(Path.Combine(Lab.Scripts, "radiusd.conf"));
        settings = settings.Replace("@DIR@", folder, StringComparison.Ordinal).Replace("@SECRET@", Secret, StringComparison.Ordinal)
            .Replace("@AUTH_PORT@", $"{port}", StringComparison.Ordinal).Replace("@ACCT_PORT@", $"{port + 1}", StringComparison.Ordinal)
            .Replace("@REJECT_TEXT@", rejectText, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "radiusd.conf"), settings);
        await File.WriteAllTextAsync(Path.Combine(folder, "users"), users + "\n");
        var ours = Path.Combine(Lab.Root, "deploy", "freeradius", "dictionary.lns");
        await File.WriteAllTextAsync(Path.Combine(folder, "dictionary"), File.Exists(ours) ? $"$INCLUDE {ours}\n" : "\n");
        var radius = new FreeRadius(lab, folder, port);
        await Until.True("FreeRADIUS", async () => radius._process.HasExited
            ? throw new InvalidOperationException($"FreeRADIUS ended: {radius.Log}")
            : (await lab.Run("ss", "-lunH", "sport", "=", $":{port + 1}")).Output.Contains($":{port + 1} ", StringComparison.Ordinal),
            20, () => radius.Log);
        return radius;
    }

    /// <summary>Stops the server without ending it: it answers nothing until <see cref="WakeUp"/>.</summary>
    public Task FallSilent() => Commands.Signal(_process, "STOP");
    public Task WakeUp() => Commands.Signal(_process, "CONT");

    public IEnumerable<RadiusRecord> AccountingOf(string user) => Accounting.Where(r => r.User == user);

    /// <summary>Waits for a user's record of one kind.</summary>
    public Task<RadiusRecord> Accounted(string user, string status, double seconds = 30) =>
        Until.Some($"accounting {status} of {user}", () => AccountingOf(user).FirstOrDefault(r => r.Status == status), seconds, () => Log);

    public string Log
    {
        get
        {
            var file = Path.Combine(_folder, "radius.log");
            lock (_output)
                return string.Join('\n',
                    [.. _output, File.Exists(file) ? File.ReadAllText(file) : "", .. Accounting.Select(static r => $"{r}\n")]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await WakeUp();
        await Commands.End(_process, TimeSpan.FromSeconds(5));
        _process.Dispose();
    }

    private List<RadiusRecord> Read(string name)
    {
        var file = Path.Combine(_folder, name);
        return File.Exists(file) ? RadiusRecord.Parse(File.ReadAllText(file)) : [];
    }
}
