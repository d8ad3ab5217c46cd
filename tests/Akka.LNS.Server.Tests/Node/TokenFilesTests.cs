using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Akka.LNS.Server.Node;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Node;

/// <summary>create-token-file, from the settings to a request with the token.</summary>
public sealed class TokenFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "below", "demo.token");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static string Entry(string file, string create = "on", string name = "demo") =>
        $$"""lns.api.tokens.{{name}} { role = operate, token-file = "{{file}}", create-token-file = {{create}} }""";

    private static ApiSettings Read(string text)
    {
        var read = SettingsReader.Read(text, "f.conf", static _ => null);
        Assert.Empty(read.Errors);
        return read.Settings.Api;
    }

    [Fact]
    public void The_file_has_43_characters_and_only_its_user_can_read_it()
    {
        Assert.True(TokenFiles.CreateMissing(Read(Entry(File))));
        Assert.Matches(@"\A[A-Za-z0-9_-]{43}\n\z", System.IO.File.ReadAllText(File));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        var token = Assert.Single(Read(Entry(File)).Tokens);
        Assert.Equal((64, File, false), (token.Sha256.Value.Length, token.File, token.IsFileMissing));
    }

    [Fact]
    public void A_file_that_exists_is_kept()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, "a-token-of-the-operator\n");
        Assert.False(TokenFiles.CreateMissing(Read(Entry(File))));
        Assert.Equal("a-token-of-the-operator\n", System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Reading_the_settings_creates_no_file_and_a_missing_file_matches_no_token()
    {
        var token = Assert.Single(Read(Entry(File)).Tokens);
        Assert.True(token.IsFileMissing);
        Assert.Equal("", token.Sha256.Value);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void Without_the_api_no_file_is_created()
    {
        Assert.False(TokenFiles.CreateMissing(Read($"lns.api.enabled = off\n{Entry(File)}")));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void Two_entries_can_name_one_missing_file()
    {
        Assert.True(TokenFiles.CreateMissing(Read($"{Entry(File)}\n{Entry(File, name: "other")}")));
        Assert.Equal(2, Read($"{Entry(File)}\n{Entry(File, name: "other")}").Tokens.Length);
    }

    [Fact]
    public void A_file_that_another_process_creates_in_the_meantime_is_an_error()
    {
        var settings = Read(Entry(File));
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, "theirs");
        var e = Assert.Throws<TokenFileException>(() => TokenFiles.CreateMissing(settings));
        Assert.StartsWith($"cannot create the token file {File} (lns.api.tokens.demo): ", e.Message, StringComparison.Ordinal);
        Assert.Equal("theirs", System.IO.File.ReadAllText(File));
    }

    [Theory]
    [InlineData("token-file = \"{0}\", create-token-file = off", "token-file: cannot read {0}: ")]
    [InlineData("token-file = \"/proc\", create-token-file = on", "token-file: cannot read /proc: ")]
    [InlineData("token = 0123456789abcdef, create-token-file = on",
        "create-token-file: there is no token-file; allowed: with token-file, or off")]
    [InlineData("token-file = \"{0}\", create-token-file = perhaps", "create-token-file: found 'perhaps'; allowed: on, off")]
    public void Faults_are_errors_of_the_settings(string keys, string expected)
    {
        keys = keys.Replace("{0}", File, StringComparison.Ordinal);
        expected = expected.Replace("{0}", File, StringComparison.Ordinal);
        var errors = SettingsReader.Read($"lns.api.tokens.demo {{ role = read, {keys} }}", "f.conf", static _ => null).Errors;
        Assert.Contains(errors, e => e.StartsWith($"f.conf:1: lns.api.tokens.demo.{expected}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_creates_the_file_serves_its_token_and_names_it_in_its_second_line()
    {
        await using var lnsd = await LnsdProgram.Start(_folder.Path, Entry(File));
        var token = (await System.IO.File.ReadAllTextAsync(File, Cancel)).Trim();
        using var client = lnsd.OverTcp(token);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/load", Cancel)).StatusCode);
        using var none = lnsd.OverTcp("");
        Assert.Equal(HttpStatusCode.Unauthorized, (await none.GetAsync("/api/v1/load", Cancel)).StatusCode);
        var expected = $"dashboard: {lnsd.Address}";
        await ApiLab.Until(() => Task.FromResult(lnsd.Output.Contains("dashboard: ", StringComparison.Ordinal)));
        Assert.Contains($"{expected} (log in with the token in {File})", lnsd.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_created_gives_one_line_and_exit_code_2()
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder.Path, "below"), "a file", Cancel);
        await using var lnsd = LnsdProgram.Launch(_folder.Path, Entry(File));
        Assert.Equal(2, await lnsd.Exited());
        Assert.Matches($@"\Alnsd: cannot create the token file {Regex.Escape(File)} \(lns\.api\.tokens\.demo\): ", lnsd.Output);
    }

    [Fact]
    public async Task A_check_over_the_api_creates_nothing_and_a_reload_creates_the_file()
    {
        await using var lnsd = await LnsdProgram.Start(_folder.Path);
        using var client = lnsd.OverSocket();
        using var check = await client.PostAsync("/api/v1/config/check", new StringContent(
            $"lns.bundles.defaults.own-address = 192.0.2.1\n{Entry(File)}"), Cancel);
        var report = await check.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Empty(report.GetProperty("errors").EnumerateArray());
        Assert.False(System.IO.File.Exists(File));
        await System.IO.File.AppendAllTextAsync(Path.Combine(_folder.Path, "lns.conf"), $"\n{Entry(File)}\n", Cancel);
        await client.GetAsync("/api/v1/config/diff", Cancel);
        Assert.False(System.IO.File.Exists(File));
        using var reload = await client.PostAsJsonAsync("/api/v1/config/reload", new { }, Cancel);
        Assert.Equal(HttpStatusCode.OK, reload.StatusCode);
        using var caller = lnsd.OverTcp((await System.IO.File.ReadAllTextAsync(File, Cancel)).Trim());
        Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("/api/v1/load", Cancel)).StatusCode);
    }
}
