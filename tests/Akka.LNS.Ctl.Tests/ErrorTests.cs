using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Tests;

/// <summary>Errors: one line on standard error, nothing on standard output, and an exit code.</summary>
[Collection(CtlCollection.Name)]
public class ErrorTests(CtlLab lab)
{
    [Theory]
    [InlineData("session nobody", ExitCode.NotFound, "lnsctl: no session has the id, user, address or calling number 'nobody'")]
    [InlineData("pools nobody", ExitCode.NotFound, "lnsctl: there is no pool 'nobody'")]
    [InlineData("drop user=nobody --yes", ExitCode.NotFound, "lnsctl: no session matches user=nobody")]
    [InlineData("drop nobody --yes", ExitCode.NotFound, "lnsctl: no session has the id, user, address or calling number 'nobody'")]
    [InlineData("sessions colour=red", ExitCode.Usage, "lnsctl: 'colour=red' is not a filter; allowed: user=..., calling=...,")]
    [InlineData("sessions state=asleep", ExitCode.Usage, "lnsctl: state: found 'asleep'; allowed: calling, link,")]
    [InlineData("sessions address=1.2.3", ExitCode.Usage, "lnsctl: address: found '1.2.3'; allowed: an IPv4 address")]
    [InlineData("sessions user=", ExitCode.Usage, "lnsctl: 'user=' is not a filter")]
    [InlineData("sessions user=a user=b", ExitCode.Usage, "lnsctl: 'user=b': user is given twice")]
    [InlineData("sessions one two", ExitCode.Usage, "lnsctl: 'two': only one text to search for is allowed")]
    [InlineData("sessions --sort colour", ExitCode.Usage, "lnsctl: sort: found 'colour'; allowed: since, user,")]
    [InlineData("sessions --limit 0", ExitCode.Usage, "lnsctl: --limit: found '0'; allowed: a whole number, 1 or more")]
    [InlineData("sessions --limit many", ExitCode.Usage, "lnsctl: --limit: found 'many'; allowed: a whole number, 1 or more")]
    [InlineData("sessions --colour", ExitCode.Usage, "lnsctl: unknown option '--colour'")]
    [InlineData("tunnels red", ExitCode.Usage, "lnsctl: 'red' is not a filter; allowed: lac=..., state=...")]
    [InlineData("disconnects cause=Fate", ExitCode.Usage, "lnsctl: cause: found 'Fate'; allowed: UserRequest,")]
    [InlineData("disconnects since=yesterday", ExitCode.Usage, "lnsctl: since: found 'yesterday'; allowed: a time of ISO 8601")]
    [InlineData("drop", ExitCode.Usage, "lnsctl: ")]
    [InlineData("drop user=nobody --yse", ExitCode.Usage, "lnsctl: unknown option '--yse'\n")]
    [InlineData("drop state=up --yes", ExitCode.Usage, "lnsctl: 'state=up' is not a filter; allowed: id=..., user=...,")]
    [InlineData("drop address=1.2.3 --yes", ExitCode.Usage, "lnsctl: address: found '1.2.3'")]
    [InlineData("drain --deadline soon", ExitCode.Usage, "lnsctl: --deadline: found 'soon'; allowed: 90s, 30m, 2h, 1d")]
    [InlineData("drain --deadline 100000d", ExitCode.Usage, "lnsctl: deadlineSeconds: allowed: 0 to ")]
    [InlineData("drain --reason \u0007", ExitCode.Usage, "lnsctl: reason: allowed: 1 to 200 characters, no control characters")]
    [InlineData("load --interval never", ExitCode.Usage, "lnsctl: --interval: found 'never'; allowed: 0.2s to 60s")]
    [InlineData("top --by colour", ExitCode.Usage, "lnsctl: ")]
    [InlineData("top --once --limit 0", ExitCode.Usage, "lnsctl: limit: found '0'; allowed: a whole number from 1 to 1000")]
    [InlineData("log level Microsoft", ExitCode.Usage, "lnsctl: log level Microsoft: a level is missing")]
    [InlineData("log level Microsoft loud", ExitCode.Usage, "lnsctl: level: found 'loud'; allowed: debug,")]
    [InlineData("log level No/body error", ExitCode.Usage, "lnsctl: source: found 'No/body'; allowed: ")]
    [InlineData("nonsense", ExitCode.Usage, "lnsctl: ")]
    [InlineData("status --token-file /nowhere/token", ExitCode.Usage, "lnsctl: --token-file: Could not find")]
    public async Task Error_is_one_line_and_an_exit_code(string line, int code, string message)
    {
        var ran = await lab.Ctl(line.Split(' '));
        Assert.Equal((code, ""), (ran.Code, ran.Out));
        Assert.StartsWith(message, ran.Error, StringComparison.Ordinal);
        Assert.InRange(ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 3);
    }

    [Fact]
    public async Task Api_without_an_answer_is_exit_code_4()
    {
        foreach (var (address, message) in new[] { ("unix:/nowhere/api.sock", "the socket does not exist"),
            ("http://127.0.0.1:1", "Connection refused") })
        {
            var ran = await CtlLab.Raw(["status", "--api", address], ("LNSCTL_TOKEN", CtlLab.ReadToken));
            Assert.Equal((ExitCode.Unreachable, $"lnsctl: no answer from {address}: {message}"), (ran.Code, ran.Error.Trim()));
        }
        var file = Path.Combine(lab.Folder, "file.sock");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Unreachable, (await CtlLab.Raw(["load", "--api", $"unix:{file}"])).Code);
        Assert.Equal(ExitCode.Usage, (await CtlLab.Raw(["status", "--api", "127.0.0.1:8701"])).Code);
        Assert.Contains("allowed: unix:PATH", (await CtlLab.Raw(["status"], ("LNSCTL_API", "nowhere"))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tcp_needs_a_token_with_the_role()
    {
        var address = lab.Lnsd.Address.ToString();
        var file = Path.Combine(lab.Folder, "token");
        await File.WriteAllTextAsync(file, CtlLab.OperateToken + "\n", TestContext.Current.CancellationToken);
        Refused(await CtlLab.Raw(["status", "--api", address]), "a token of lns.api.tokens is needed");
        Refused(await CtlLab.Raw(["status", "--api", address], ("LNSCTL_TOKEN", CtlLab.ReadToken + "x")),
            "a token of lns.api.tokens is needed");
        var reader = await CtlLab.Raw(["status", "--json", "--api", address], ("LNSCTL_TOKEN", CtlLab.ReadToken));
        Assert.Equal((ExitCode.Ok, "lab"), (reader.Code, reader.Json.GetProperty("node").GetString()));
        Refused(await CtlLab.Raw(["drop", $"user={CtlLab.Name(7)}", "--yes", "--api", address], ("LNSCTL_TOKEN", CtlLab.ReadToken)),
            "'viewer' has the role read; this needs the role operate");
        var operate = await CtlLab.Raw(["drop", $"user={CtlLab.Name(7)}", "--dry-run", "--json", "--api", address, "--token-file", file]);
        Assert.Equal((ExitCode.Ok, 1), (operate.Code, operate.Json.GetProperty("matched").GetInt32()));
        // lnsd knows the user of the socket: the token in the environment does not restrict the user
        Assert.Equal(ExitCode.Ok,
            (await CtlLab.Raw(["drop", $"user={CtlLab.Name(7)}", "--dry-run", "--api", $"unix:{lab.Lnsd.Socket}"],
            ("LNSCTL_TOKEN", CtlLab.ReadToken))).Code);

        static void Refused(Ran ran, string message)
        {
            Assert.Equal((ExitCode.NotAllowed, ""), (ran.Code, ran.Out));
            Assert.Contains(message, ran.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task File_without_a_token_is_reported_but_not_shown()
    {
        var file = Path.Combine(lab.Folder, "no-token");
        await File.WriteAllTextAsync(file, $"two words {CtlLab.Secret}", TestContext.Current.CancellationToken);
        var ran = await CtlLab.Raw(["status", "--api", lab.Lnsd.Address.ToString(), "--token-file", file]);
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains("allowed: one token", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closed_pipe_is_not_an_error()
    {
        var ran = await lab.Bash("lnsctl sessions | head -n 2; echo ${PIPESTATUS[0]}");
        Assert.Equal((3, "0", ""), (ran.Lines.Length, ran.Lines[^1], ran.Error));
    }

    [Fact]
    public void Log_contains_no_secret() => Assert.DoesNotContain(CtlLab.Secret, lab.Lnsd.Output, StringComparison.Ordinal);
}
