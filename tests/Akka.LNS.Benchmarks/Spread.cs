namespace Akka.LNS.Benchmarks;

/// <summary>Median and extremes of the runs of one measurement.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <exception cref="InvalidOperationException">There is no value.</exception>
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) throw new InvalidOperationException("no value");
        return new Spread((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1]);
    }
}
