using Akka.LNS.Wire.Text;
using Serilog.Core;
using Serilog.Events;

namespace Akka.LNS.Server.Node;

/// <summary>
/// Shows the texts of each log line with escapes (<see cref="PeerText.Show(string)"/>), because they contain names and messages of peers.
/// </summary>
internal sealed class ShownProperties : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        List<LogEventProperty>? shown = null;
        foreach (var (name, value) in logEvent.Properties)
            if (value is ScalarValue { Value: string text } && !PeerText.IsPlain(text) && PeerText.Show(text) is var safe && safe != text)
                (shown ??= []).Add(new LogEventProperty(name, new ScalarValue(safe)));
        if (shown is null) return;
        foreach (var property in shown) logEvent.AddOrUpdateProperty(property);
    }
}
