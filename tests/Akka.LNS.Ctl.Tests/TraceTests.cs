using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.LNS.Ctl.Terminal;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Ctl.Tests;

/// <summary>lnsctl trace as a process, while a LAC and its subscriber connect and disconnect.</summary>
[Collection(CtlCollection.Name)]
public class TraceTests(CtlLab lab)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(SubscriberAuth.Chap)]
    [InlineData(SubscriberAuth.Pap)]
    public async Task Call_is_traced_step_by_step_and_wireshark_decodes_every_message(SubscriberAuth auth)
    {
        var prefix = $"traced-{auth}-";
        var user = $"{prefix}000000@example.net";
        var file = Path.Combine(lab.Folder, $"{prefix}trace.pcap");
        var capture = lab.Ended(
            async () => await CtlLab.Until(() => Task.FromResult(File.Exists(file) && Has(file, StopCcn))), "trace", user, "--pcap", file,
                "--duration", "5m");
        await CtlLab.Until(() => Task.FromResult(File.Exists(file) && new FileInfo(file).Length >= 24)); // the trace is active
        var seen = await lab.Until("tunnel  -- gone", () => CallAndHangUp(auth, prefix, $"lac-{auth}-"), "trace", user);
        Assert.Equal(ExitCode.Ok, seen.Code);
        Assert.Equal($"lnsctl: tracing user '{user}'\n", seen.Error);
        Assert.DoesNotContain(seen.Out, static c => c == '\u001b');
        var (proof, answer) = auth == SubscriberAuth.Pap ? ("pap     <- Authenticate-Request id", "pap     -> Authenticate-Ack id")
            : ("chap    <- Response id", "chap    -> Success id");
        InOrder(seen, "trace   -- no session matches yet", "l2tp    <- SCCRQ, tunnel 0", $"Host Name \"lac-{auth}-1\"", "l2tp    -> SCCRP",
            "l2tp    <- SCCCN", "tunnel  -- up", "l2tp    <- ICRQ", "session -- offered", "gate    -- open path: done",
            "l2tp    -> ICRP", "l2tp    <- ICCN", "session -- up", "lcp     -> Configure-Request", "lcp     <- Configure-Ack",
                "link    -- Establish -> Authenticate", proof, $"login   -- user '{user}'",
            "login   -- RADIUS is asked", "radius  -> Access-Request", $"User-Name = \"{user}\"", "radius  <- Access-Accept",
                "login   -- accepted by RADIUS", answer, "bundle  -- has address 100.64.",
            "ipcp    -> Configure-Ack", "bundle  -- IPCP opened", "gate    -- start forwarding: done", "bundle  -- forwards, MTU ",
                "lcp     <- Terminate-Request", "link    -- closes", "gate    -- stop forwarding: done", "l2tp    -> CDN",
                "l2tp    <- StopCCN", "tunnel  -- down");
        // parallel actions of other actors
        InOrder(seen, "bundle  -- forwards", "radius  -> Accounting-Request", "Acct-Status-Type = Start", "radius  <- Accounting-Response");
        InOrder(seen, "gate    -- stop forwarding: done", "session -- over");
        var captured = await capture;
        Assert.Equal((ExitCode.Ok, "", $"lnsctl: capturing user '{user}'\n"), (captured.Code, captured.Out, captured.Error));
        Assert.False(Has(file, Encoding.ASCII.GetBytes(CtlLab.Secret)), "a password is in the capture");

        string[] read = ["-r", file, "-d", $"udp.port=={lab.Lnsd.L2tpPort.ToString(CultureInfo.InvariantCulture)},l2tp",
            "-d", $"udp.port=={lab.RadiusPorts.Authentication.ToString(CultureInfo.InvariantCulture)},radius", "-d",
                $"udp.port=={lab.RadiusPorts.Accounting.ToString(CultureInfo.InvariantCulture)},radius", "-o", "ip.check_checksum:TRUE",
                "-o", "udp.check_checksum:TRUE"];
        var lines = (await Tshark([.. read, "-T", "fields", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info"]))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var message in new[] { "SCCRQ", "SCCRP", "SCCCN", "ICRQ", "ICRP", "ICCN", "CDN", "StopCCN" })
            Assert.Contains(lines, l => l.StartsWith("L2TP\t", StringComparison.Ordinal)
                && l.Contains(message, StringComparison.OrdinalIgnoreCase));
        foreach (var (protocol, message) in new[]
        {
            ("PPP LCP", "Configuration Request"), ("PPP LCP", "Configuration Ack"), ("PPP LCP", "Termination Request"),
                ("PPP LCP", "Termination Ack"), ("PPP IPCP", "Configuration Request"), ("PPP IPCP", "Configuration Ack"),
            auth == SubscriberAuth.Pap ? ("PPP PAP", "Authenticate-Request") : ("PPP CHAP", "Challenge"), auth == SubscriberAuth.Pap
                ? ("PPP PAP", "Authenticate-Ack") : ("PPP CHAP", "Response"),
        })
            Assert.Contains(lines, l => l.StartsWith($"{protocol}\t", StringComparison.Ordinal)
                && l.Contains(message, StringComparison.OrdinalIgnoreCase));
        // RADIUS with the address and ports of the server; the user is readable, proofs of a password or the shared secret are blanked
        foreach (var message in new[] { "Access-Request", "Access-Accept", "Accounting-Request", "Accounting-Response" })
            Assert.Contains(lines, l => l.StartsWith("RADIUS\t", StringComparison.Ordinal)
                && l.Contains(message, StringComparison.Ordinal));
        var port = lab.RadiusPorts.Authentication.ToString(CultureInfo.InvariantCulture);
        var filter = $"radius.code == 1 && ip.dst == 127.0.0.1 && udp.dstport == {port}";
        var asked = await Tshark([.. read, "-Y", filter, "-O", "radius"]);
        Assert.Contains($"User-Name: {user}", asked, StringComparison.Ordinal);
        Assert.Contains("Authenticator: 2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a", asked, StringComparison.Ordinal);
        Assert.Contains(auth == SubscriberAuth.Pap ? "t=User-Password" : "t=CHAP-Password", asked, StringComparison.Ordinal);
        Assert.All(lines, static l => Assert.Matches("^(L2TP|PPP LCP|PPP PAP|PPP CHAP|PPP IPCP|RADIUS)\t", l));
        Assert.Equal("", await Tshark([.. read, "-Y", "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0"]));
    }

    [Fact]
    public async Task Trace_of_a_session_ends_with_the_session()
    {
        var row = (await lab.Ctl("sessions", "--json", $"user={CtlLab.Name(CtlLab.Count - 20)}")).Json.GetProperty("sessions")[0];
        var id = row.GetProperty("id").GetString()!;
        var seen = await lab.After(1, async _ => Assert.Equal(ExitCode.Ok, (await lab.Ctl("drop", id, "--yes", "--reason", "traced")).Code),
            "trace", id, "--json");
        Assert.Equal((ExitCode.Ok, $"lnsctl: tracing session {id}\n"), (seen.Code, seen.Error));
        var events = seen.Lines.Select(static l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.All(events, e => Assert.Equal(id, e.GetProperty("session").GetString() ?? id));
        var messages = events.Where(static e => e.TryGetProperty("direction", out _))
            .Select(static e => (e.GetProperty("layer").GetString(), e.GetProperty("direction").GetString(), e.GetProperty("summary")
            .GetString()!)).ToArray();
        Assert.Contains(messages, static m => m is ("lcp", "out", _) && m.Item3.StartsWith("Terminate-Request", StringComparison.Ordinal));
        Assert.Contains(messages, static m => m is ("l2tp", "out", _) && m.Item3.StartsWith("CDN", StringComparison.Ordinal));
        Assert.Contains(messages, static m => m is ("radius", "out", _)
            && m.Item3.StartsWith("Accounting-Request", StringComparison.Ordinal));
        Assert.Contains(events, static e => e.GetProperty("layer").GetString() == "session" && e.GetProperty("summary")
            .GetString()!.Contains("traced", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_word_that_is_an_address_or_a_lac_traces_it()
    {
        var address = (await lab.Ctl("sessions", "--json", $"user={CtlLab.Name(CtlLab.Count - 21)}")).Json.GetProperty("sessions")[0]
            .GetProperty("address").GetString()!;
        Assert.Equal($"lnsctl: tracing address {address}\n", (await lab.Interrupted(1, "trace", address)).Error);
        Assert.Equal("lnsctl: tracing lac 'lac-1'\n", (await lab.Interrupted(1, "trace", "lac-1")).Error);
        Assert.Equal("lnsctl: tracing user 'lac-1'\n", (await lab.Interrupted(1, "trace", "user=lac-1")).Error);
    }

    [Fact]
    public async Task Calling_number_is_traced_before_the_login()
    {
        const string Prefix = "numbered-", Line = "line-000000"; // of the first subscriber of each load generator
        var seen = await lab.Until("session -- over", () => CallAndHangUp(SubscriberAuth.Chap, Prefix, "lac-numbered"),
            "trace", $"calling={Line}");
        Assert.Equal((ExitCode.Ok, $"lnsctl: tracing calling number '{Line}'\n"), (seen.Code, seen.Error));
        InOrder(seen, "l2tp    <- ICRQ", Line, "l2tp    <- ICCN", "lcp     -> Configure-Request", "chap    -> Challenge",
            $"login   -- user '{Prefix}000000@example.net'", "session -- over");
    }

    [Fact]
    public async Task Each_layer_has_its_color_in_a_terminal()
    {
        const string Prefix = "colored-";
        var terminal = lab.InTerminal($"trace user={Prefix}000000@example.net --duration 15s", "SCCRQ", "\n");
        await CtlLab.Until(() =>
            Task.FromResult(lab.Lnsd.Output.Contains($"trace user '{Prefix}000000@example.net': begins", StringComparison.Ordinal)));
        await CallAndHangUp(SubscriberAuth.Chap, Prefix, "lac-colored-");
        var seen = (await terminal).Out;
        string[] colors = [.. new[] { "l2tp", "lcp", "chap", "ipcp", "radius", "session" }.Select(l =>
            Regex.Match(seen, $"\u001b\\[([0-9;]+)m[0-9:.]+Z {l} ").Groups[1].Value)];
        Assert.All(colors, c => Assert.True(c.Length > 0, seen));
        Assert.Distinct(colors);
    }

    [Fact]
    public async Task Trace_without_records_ends_with_not_found()
    {
        var nobody = await lab.Ctl("trace", "nobody@example.net", "--duration", "1s");
        Assert.Equal((ExitCode.NotFound, "lnsctl: tracing user 'nobody@example.net'\nlnsctl: no records of user 'nobody@example.net'\n"),
            (nobody.Code, nobody.Error));
        Assert.Contains("no session matches yet", Assert.Single(nobody.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.NotFound, "there is no session 'x'", "session=x")]
    [InlineData(ExitCode.Usage, "address: found 'x'; allowed: an IPv4 address", "address=x")]
    [InlineData(ExitCode.Usage, "--duration: found 'soon'; allowed: 1s to 1d", "x", "--duration", "soon")]
    [InlineData(ExitCode.Usage, "--pcap and --json exclude each other", "x", "--pcap", "x", "--json")]
    [InlineData(ExitCode.Failed, "cannot write /nowhere/x: ", "x", "--pcap", "/nowhere/x")]
    public async Task Error_of_a_trace_is_one_line_and_an_exit_code(int code, string error, params string[] arguments)
    {
        var ran = await lab.Ctl(["trace", .. arguments]);
        Assert.Equal((code, ""), (ran.Code, ran.Out));
        Assert.StartsWith($"lnsctl: {error}", ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The Message Type AVP of a StopCCN (RFC 2661 section 4.4.1).</summary>
    private static byte[] StopCcn => Convert.FromHexString("8008000000000004");

    private static bool Has(string file, byte[] octets)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var all = new byte[stream.Length];
        stream.ReadExactly(all);
        return all.AsSpan().IndexOf(octets) >= 0;
    }

    /// <summary>Connects and disconnects a LAC with one subscriber, and waits until the node has the tunnels of the lab again.</summary>
    private async Task CallAndHangUp(SubscriberAuth auth, string user, string lac)
    {
        await Task.Run(() => ComeAndGo(auth, user, lac), TestContext.Current.CancellationToken);
        await CtlLab.Until(async () => (await lab.Ctl("status", "--json")).Json.GetProperty("tunnels").GetInt32() == CtlLab.Tunnels);
    }

    private void ComeAndGo(SubscriberAuth auth, string user, string lac)
    {
        using var load = new LoadGenerator(new LoadSettings
        {
            Lns = new UdpEndpoint(Ipv4Address.Parse("127.0.0.1"), (ushort)lab.Lnsd.L2tpPort), Sessions = 1, Tunnels = 1, Auth = auth,
            UserPrefix = user, HostName = lac, Password = $"pass-{CtlLab.Secret}",
            SocketBuffer = 1 << 20, FirstLac = Ipv4Address.Parse("127.7.1.1"),
        });
        Assert.True(load.OpenTunnels(Patience) && load.BringUp(Patience)
            && load.HoldUntil(() => lab.Lnsd.Output.Contains($"user on: user '{user}", StringComparison.Ordinal), Patience)
            && load.TakeDown(HangUp.TerminateRequest, Patience) && load.CloseTunnels(Patience), $"{load.Report()}");
    }

    private static void InOrder(Ran ran, params string[] parts)
    {
        var lines = ran.Lines;
        var at = 0;
        foreach (var part in parts)
        {
            var found = Array.FindIndex(lines, at, l => l.Contains(part, StringComparison.Ordinal));
            Assert.True(found >= 0, $"'{part}' is not behind line {at} of\n{ran}");
            at = found + 1;
        }
    }

    private static async Task<string> Tshark(params string[] arguments)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin")
            .Select(static folder => Path.Combine(folder, "tshark")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "tshark is not installed (Debian: tshark)");
        using var limit = new CancellationTokenSource(Patience);
        using var process = Process.Start(new ProcessStartInfo(program!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        })!;
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"tshark: {process.ExitCode}\n{await error}");
        return output;
    }
}
