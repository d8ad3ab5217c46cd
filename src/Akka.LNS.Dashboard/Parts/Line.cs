using Akka.LNS.Dashboard.Samples;

namespace Akka.LNS.Dashboard.Parts;

/// <summary>One line of a plot.</summary>
/// <param name="IsMark">A bound and no measurement.</param>
public sealed record Line(string Name, Func<Sample, double> Of, bool IsMark = false);

/// <summary>For the chart, which finds both by name.</summary>
public sealed record PlotPoint(DateTime At, double Value);
