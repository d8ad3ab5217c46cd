using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Akka.LNS.Stress.Tests;

/// <summary>Each scenario in a short form: lns-stress as a process, which starts an LNS in its own network namespace.</summary>
public class ScenarioTests
{
    private static string Dotnet => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    [Theory]
    [InlineData("published", "--rounds 3 --duration 2")]
    [InlineData("breakdown", "--duration 1")]
    [InlineData("limits", "--duration 2")]
    [InlineData("up-and-down", "--rounds 3")]
    [InlineData("redial", "--workers 8")]
    [InlineData("radius-down", "--duration 14 --set lns.radius.accounting.retry-interval=1s")]
    [InlineData("radius-slow", "--duration 2")]
    [InlineData("flap", "")]
    [InlineData("fuzz", "--duration 5")]
    [InlineData("wrong-passwords", "--duration 3")]
    [InlineData("slow-path", "")]
    public async Task All_expectations_hold_with_500_sessions(string scenario, string more)
    {
        Assert.SkipUnless(Environment.UserName == "root", "needs root for a network namespace");
        var directory = Directory.CreateTempSubdirectory("lns-stress-test-").FullName;
        try
        {
            var json = Path.Combine(directory, "result.json");
            string[] common = [scenario, "--sessions", "500", "--seed", "7", "--no-rates", "--json", json, "--plots", directory];
            var (code, said) = await RunAsync([.. common, .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            Assert.True(code == 0, $"exit code {code}\n{said}");
            using var result = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
            Assert.True(result.RootElement.GetProperty("held").GetBoolean());
            Assert.All(result.RootElement.GetProperty("expectations").EnumerateArray(),
                static e => Assert.True(e.GetProperty("held").GetBoolean(), e.GetRawText()));
            Assert.True(result.RootElement.GetProperty("setUps").GetInt64() >= 400);
            // samples of the API of the LNS; in "published" sessions stay long enough to appear in one
            Assert.Contains(result.RootElement.GetProperty("samples").EnumerateArray(), s =>
                s.GetProperty("lns") is { ValueKind: JsonValueKind.Object } lns
                && (scenario != "published" || lns.GetProperty("sessions").GetInt64() > 0));
            Assert.True(new FileInfo(Path.Combine(directory, $"{scenario}.png")).Length > 10_000);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("published", "--sessions", "many")]
    [InlineData("published", "--radius", "sleepy")]
    [InlineData("published", "--plane", "paper")]
    [InlineData("published", "--lns", "nowhere")]
    [InlineData("no-such-scenario")]
    [InlineData]
    public async Task Wrong_arguments_have_exit_code_2(params string[] args) => Assert.Equal(2, (await RunAsync(args)).Code);

    private static async Task<(int Code, string Said)> RunAsync(string[] args)
    {
        var start = new ProcessStartInfo(Dotnet, [Path.Combine(AppContext.BaseDirectory, "lns-stress.dll"), .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        return (process.ExitCode, await said + await complained);
    }
}
