using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Akka.LNS.Server.Node;

/// <summary>One line for people: local time with its offset from UTC, level, message, exception.</summary>
internal sealed class TextLines : ITextFormatter
{
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}{NewLine}{Exception}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.ToString("yyyy-MM-dd HH:mm:ss.fffzzz", CultureInfo.InvariantCulture));
        output.Write(logEvent.Level switch
        {
            LogEventLevel.Verbose or LogEventLevel.Debug => " DEBUG ",
            LogEventLevel.Information => " INFO ",
            LogEventLevel.Warning => " WARN ",
            LogEventLevel.Error => " ERROR ",
            _ => " FATAL ",
        });
        Message.Format(logEvent, output);
    }
}
