using Akka.LNS.Server.Node;
using Akka.LNS.Server.Settings.Sections;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Akka.LNS.Server.Tests.Node;

public class LogLevelsTests
{
    private readonly List<string> _written = [];
    private readonly LogLevels _levels;
    private readonly Serilog.Core.Logger _log;

    public LogLevelsTests()
    {
        var configuration = new LoggerConfiguration();
        _levels = new LogLevels(new LogSettings(), configuration.MinimumLevel);
        configuration.Filter.With(_levels);
        _log = configuration.WriteTo.Sink(new List(_written)).CreateLogger();
    }

    [Fact]
    public void A_source_that_the_settings_do_not_name_gets_a_level_and_its_neighbours_keep_theirs()
    {
        var loggers = new[] { "Akka.LNS", "Akka.LNS.Audit", "Akka.LNS.AuditX", "Akka.LNS.Audit.Deep", "Other" }
            .Select(n => (Name: n, Log: _log.ForContext(Constants.SourceContextPropertyName, n))).ToArray(); // made before the change
        Assert.Empty(Debugging());
        Assert.True(_levels.TrySet("Akka.LNS.Audit", LogVerbosity.Debug));
        Assert.Equal(["Akka.LNS.Audit", "Akka.LNS.Audit.Deep"], Debugging());
        Assert.True(_levels.TrySet("Other", LogVerbosity.Debug));
        Assert.Equal(["Akka.LNS.Audit", "Akka.LNS.Audit.Deep", "Other"], Debugging());
        Assert.True(_levels.TrySet("Akka.LNS.Audit", null));
        Assert.Equal(["Other"], Debugging());
        Assert.True(_levels.TrySet("Other", null));
        Assert.Empty(Debugging());

        string[] Debugging()
        {
            _written.Clear();
            foreach (var (_, log) in loggers) log.Debug("x");
            return [.. _written];
        }
    }

    [Fact]
    public void A_source_that_the_settings_do_not_name_can_be_silenced()
    {
        Assert.True(_levels.TrySet("Akka.LNS.Audit", LogVerbosity.Off));
        _log.ForContext(Constants.SourceContextPropertyName, "Akka.LNS.Audit").Error("x");
        _log.ForContext(Constants.SourceContextPropertyName, "Akka.LNS").Information("x");
        Assert.Equal(["Akka.LNS"], _written);
        Assert.Contains(("Akka.LNS.Audit", LogVerbosity.Off), _levels.All);
    }

    [Fact]
    public void The_number_of_added_sources_is_bounded()
    {
        for (var i = 0; i < LogLevels.MostAdded; i++) Assert.True(_levels.TrySet($"s{i}", LogVerbosity.Debug));
        Assert.False(_levels.TrySet("one-more", LogVerbosity.Debug));
        Assert.True(_levels.TrySet("s0", LogVerbosity.Error));
    }

    [Theory]
    [InlineData(LogEventLevel.Debug, "DEBUG")]
    [InlineData(LogEventLevel.Information, "INFO")]
    [InlineData(LogEventLevel.Warning, "WARN")]
    [InlineData(LogEventLevel.Error, "ERROR")]
    [InlineData(LogEventLevel.Fatal, "FATAL")]
    public void A_line_for_people_has_the_offset_from_utc_and_the_level_as_a_word(LogEventLevel level, string word)
    {
        var at = new DateTimeOffset(2026, 1, 31, 23, 59, 58, 7, TimeSpan.FromHours(5.5));
        using var line = new StringWriter();
        new TextLines().Format(new LogEvent(at, level, null, new Serilog.Parsing.MessageTemplateParser().Parse("text"), []), line);
        Assert.Equal($"2026-01-31 23:59:58.007+05:30 {word} text{Environment.NewLine}", line.ToString());
    }

    private sealed class List(List<string> written) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) =>
            written.Add((string)((ScalarValue)logEvent.Properties[Constants.SourceContextPropertyName]).Value!);
    }
}
