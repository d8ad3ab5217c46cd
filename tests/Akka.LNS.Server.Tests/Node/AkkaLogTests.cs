using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using Akka.LNS.Server.Node;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Node;

/// <summary>Messages of Akka's own in the log file, from both actor systems and from one in this process.</summary>
public sealed class AkkaLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "lnsd.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Messages_of_both_actor_systems_arrive_once_with_source_and_properties_until_the_end()
    {
        await using (var lnsd = await LnsdProgram.Start(_folder.Path, $$"""
            lns.log { console.enabled = off, file.path = "{{File}}", levels { Akka = information } }
            """))
        {
            await ApiLab.Until(() => Task.FromResult(Lines().Any(static l => Source(l) == "Akka.Cluster.SBR.SplitBrainResolver")));
            await lnsd.Terminate();
            Assert.Equal(0, await lnsd.Exited());
            Assert.DoesNotContain("[INFO]", lnsd.Output, StringComparison.Ordinal); // the format of Akka's own output
        }
        var lines = Lines();
        var started = Assert.Single(lines, static l => Message(l).StartsWith("Remoting started", StringComparison.Ordinal));
        Assert.Equal("remoting (akka://lns)", started.GetProperty("LogSource").GetString());
        Assert.StartsWith("Akka.Event.", Source(started), StringComparison.Ordinal); // a source without a type of its own
        Assert.False(started.TryGetProperty("@l", out _)); // the compact format leaves out the level Information
        var stopped = Assert.Single(lines, static l => Message(l).StartsWith("CoordinatedShutdown invoked", StringComparison.Ordinal));
        Assert.True(stopped.TryGetProperty("Reason", out _));
        Assert.Single(lines, static l => Message(l).StartsWith("Remote daemon shut down", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Warning")]
    [InlineData("Error")]
    public async Task The_level_and_the_named_values_of_a_message_are_properties(string expected)
    {
        await Log(static settings => settings, system =>
        {
            var log = Logging.GetLogger(system, typeof(CoordinatedShutdown));
            if (expected == "Error") log.Error("phase {Phase} took {Seconds} s", "stop", 3);
            else log.Warning("phase {Phase} took {Seconds} s", "stop", 3);
        });
        var line = Assert.Single(Lines());
        Assert.Equal((expected, "stop", 3, "Akka.Actor.CoordinatedShutdown"), (line.GetProperty("@l").GetString(),
            line.GetProperty("Phase").GetString(), line.GetProperty("Seconds").GetInt32(), Source(line)));
        Assert.Same(Serilog.Core.Logger.None, Serilog.Log.Logger);
    }

    [Fact]
    public async Task A_level_for_a_longer_source_name_overrides_that_of_a_shorter_one()
    {
        await Log(static settings => settings with { Levels = settings.Levels.SetItem("Akka.Actor", LogVerbosity.Error) }, static system =>
        {
            Logging.GetLogger(system, typeof(CoordinatedShutdown)).Warning("hidden");
            Logging.GetLogger(system, typeof(EventStream)).Warning("written");
        });
        Assert.Equal("written", Message(Assert.Single(Lines())));
    }

    private async Task Log(Func<LogSettings, LogSettings> with, Action<ActorSystem> act)
    {
        await using var output = LogOutput.Create(with(new LogSettings
        {
            Console = new ConsoleLogSettings { Enabled = false },
            File = new FileLogSettings { Path = File },
        }));
        using var system = ActorSystem.Create("t", """
            akka {
              stdout-loglevel = OFF
              loggers = ["Akka.Logger.Serilog.SerilogLogger, Akka.Logger.Serilog"]
              logger-formatter = "Akka.Logger.Serilog.SerilogLogMessageFormatter, Akka.Logger.Serilog"
            }
            """);
        act(system);
        await system.Terminate();
    }

    private static string? Source(JsonElement line) => line.TryGetProperty("SourceContext", out var source) ? source.GetString() : null;

    private static string Message(JsonElement line) => line.GetProperty("@mt").GetString()!;

    private JsonElement[] Lines() =>
        [.. System.IO.File.ReadAllText(File).Split('\n')[..^1].Select(static line => JsonDocument.Parse(line).RootElement)];
}
