using Akka.LNS.Client;

namespace Akka.LNS.Dashboard.Parts;

/// <summary>One line of a plot.</summary>
/// <param name="IsMark">The line is a threshold, not a measurement.</param>
public sealed record Line(string Name, Func<HistoryPoint, double> Of, bool IsMark = false);

/// <summary>A point of a chart. The chart finds its properties by name.</summary>
public sealed record PlotPoint(DateTime At, double Value);
