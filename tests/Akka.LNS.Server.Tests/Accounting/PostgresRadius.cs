using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Akka.LNS.Server.Tests.Accounting;

/// <summary>
/// Debian's FreeRADIUS with its own accounting queries and schema, on a PostgreSQL of its own that listens on a Unix socket only.
/// </summary>
internal sealed class PostgresRadius : IAsyncDisposable
{
    public const string Secret = "testing-5ecret";
    private const string Mods = "/etc/freeradius/3.0/mods-config", Driver = "/usr/lib/freeradius/rlm_sql_postgresql.so";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<string> _output = new();
    private readonly string _folder, _data;
    private Process? _postgres, _radius;

    private PostgresRadius(string folder) => (_folder, _data, Port) = (folder, Path.Combine(folder, "pg"), FreePort());

    /// <summary>Why it cannot be had; null: it can.</summary>
    public static string? Missing { get; } = Environment.UserName != "root" ? "must be root: PostgreSQL runs as its own user"
        : !Commands.IsThere("freeradius") ? "freeradius is not installed"
        : !File.Exists(Driver) ? "freeradius-postgresql is not installed"
        : !Directory.Exists(Path.Combine(Mods, "sql", "main", "postgresql")) ? "freeradius-config is not installed"
        : Programs is null ? "postgresql is not installed"
        : !Commands.IsThere("psql") ? "postgresql-client is not installed" : null;

    /// <summary>Of the newest version.</summary>
    private static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(static d => Path.Combine(d, "bin"))
            .Where(static d => File.Exists(Path.Combine(d, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    /// <summary>Of accounting.</summary>
    public int Port { get; }

    public string Output => string.Join('\n', _output);

    public static async Task<PostgresRadius> Create(string folder)
    {
        var made = new PostgresRadius(folder);
        try
        {
            await made.StartPostgres();
            await made.Configure();
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    public async Task<string> Query(string sql) =>
        (await Run("psql", ["-h", _data, "-U", "postgres", "-d", "radius", "-v", "ON_ERROR_STOP=1", "-qtA", "-c", sql])).Trim();

    public async Task<long> Number(string sql) => long.Parse(await Query(sql), CultureInfo.InvariantCulture);

    public async Task StartRadius()
    {
        // a session of its own: FreeRADIUS sends SIGTERM to its whole process group when it ends
        _radius = Launch("setsid", ["freeradius", "-f", "-d", _folder, "-n", "radiusd"]);
        var log = Path.Combine(_folder, "radius.log");
        await Until(() => File.Exists(log) && File.ReadAllText(log)
            .Contains("Ready to process requests", StringComparison.Ordinal), _radius,
            () => $"FreeRADIUS is ready\n{Output}\n{(File.Exists(log) ? File.ReadAllText(log) : "")}");
    }

    public async Task KillRadius()
    {
        if (_radius is not { } radius) return;
        _radius = null;
        radius.Kill();
        await radius.WaitForExitAsync();
        radius.Dispose();
        File.Delete(Path.Combine(_folder, "radius.log"));
    }

    public async ValueTask DisposeAsync()
    {
        await KillRadius();
        if (_postgres is { HasExited: false } postgres)
        {
            await Commands.Run("kill", ["-INT", $"{postgres.Id}"]); // fast shutdown
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                await postgres.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                postgres.Kill(entireProcessTree: true);
                await postgres.WaitForExitAsync();
            }
        }
        _postgres?.Dispose();
    }

    private async Task StartPostgres()
    {
        Directory.CreateDirectory(_data);
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101); // its user must get to its own
        await Run("chown", ["postgres", _data]);
        string[] asPostgres = ["--reuid=postgres", "--regid=postgres", "--init-groups", "--"];
        await Run("setpriv",
            [.. asPostgres, Path.Combine(Programs!, "initdb"), "-D", Path.Combine(_data, "data"), "-U", "postgres", "-A", "trust", "-N",
            "--locale=C", "-E", "UTF8"]);
        _postgres = Launch("setpriv", [.. asPostgres, Path.Combine(Programs!, "postgres"), "-D", Path.Combine(_data, "data"),
            "-c", "listen_addresses=", "-c", $"unix_socket_directories={_data}", "-c", "unix_socket_permissions=0700", "-c", "fsync=off",
                "-c", "max_connections=20", "-c", "shared_buffers=16MB"]);
        await Until(() => Output.Contains("database system is ready to accept connections", StringComparison.Ordinal), _postgres,
            () => $"PostgreSQL is ready\n{Output}");
        await Run("psql", ["-h", _data, "-U", "postgres", "-qc", "create database radius"]);
        await Run("psql", ["-h", _data, "-U", "postgres", "-d", "radius", "-v", "ON_ERROR_STOP=1", "-qf",
            Path.Combine(Mods, "sql", "main", "postgresql", "schema.sql")]);
        await Query("alter table radacct add unique (acctsessionid)");
    }

    private Task Configure()
    {
        File.WriteAllText(Path.Combine(_folder, "dictionary"),
            $"$INCLUDE {Path.Combine(Repository.Root, "deploy", "freeradius", "dictionary.lns")}\n");
        return File.WriteAllTextAsync(Path.Combine(_folder, "radiusd.conf"), $$$"""
            name = radiusd
            prefix = /usr
            raddbdir = {{{_folder}}}
            modconfdir = {{{Mods}}}
            run_dir = {{{_folder}}}
            logdir = {{{_folder}}}
            libdir = /usr/lib/freeradius
            pidfile = {{{_folder}}}/radiusd.pid
            log {
              destination = files
              file = {{{_folder}}}/radius.log
            }
            client lns {
              ipaddr = 127.0.0.1
              secret = {{{Secret}}}
            }
            thread pool {
              start_servers = 2
              max_servers = 4
              min_spare_servers = 1
              max_spare_servers = 4
            }
            modules {
              expr {
              }
              sql {
                dialect = "postgresql"
                driver = "rlm_sql_postgresql"
                radius_db = "host={{{_data}}} dbname=radius user=postgres"
                acct_table1 = "radacct"
                acct_table2 = "radacct"
                postauth_table = "radpostauth"
                authcheck_table = "radcheck"
                groupcheck_table = "radgroupcheck"
                authreply_table = "radreply"
                groupreply_table = "radgroupreply"
                usergroup_table = "radusergroup"
                client_table = "nas"
                group_attribute = "SQL-Group"
                delete_stale_sessions = yes
                pool {
                  start = 2
                  min = 1
                  max = 4
                  spare = 2
                  uses = 0
                  lifetime = 0
                  idle_timeout = 60
                }
                $INCLUDE ${modconfdir}/${.:name}/main/${dialect}/queries.conf
              }
            }
            server default {
              listen {
                type = acct
                ipaddr = 127.0.0.1
                port = {{{Port}}}
              }
              preacct {
                update request {
                  Acct-Unique-Session-Id := "%{md5:%{User-Name},%{Acct-Session-Id},%{NAS-Identifier}}"
                }
              }
              accounting {
                sql
              }
            }

            """);
    }

    private Process Launch(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true, WorkingDirectory = "/"
        };
        start.Environment["LC_ALL"] = "C";
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => { if (e.Data is { } line) _output.Enqueue(line); };
        process.ErrorDataReceived += (_, e) => { if (e.Data is { } line) _output.Enqueue(line); };
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task<string> Run(string program, string[] arguments)
    {
        var (code, output) = await Commands.Run(program, arguments);
        return code == 0 ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit {code}: {output}\n{Output}");
    }

    private static async Task Until(Func<bool> condition, Process process, Func<string> what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var clock = Stopwatch.StartNew(); !condition(); await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            if (process.HasExited || clock.Elapsed > Patience) Assert.Fail($"not in time: {what()}");
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
