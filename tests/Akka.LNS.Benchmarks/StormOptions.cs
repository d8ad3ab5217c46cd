using System.Globalization;
using Akka.LNS.Stress.Nodes;

namespace Akka.LNS.Benchmarks;

/// <summary>Arguments of `storm`.</summary>
internal sealed record StormOptions
{
    /// <summary>The builds to measure: name and path of lnsd.dll.</summary>
    public IReadOnlyList<(string Name, string Program)> Builds { get; private set; } =
        [("lnsd", Path.Combine(AppContext.BaseDirectory, "lnsd.dll"))];

    public int Sessions { get; private set; } = 9000;
    public int InFlight { get; private set; } = 100;
    public int Rounds { get; private set; } = 1;
    public IReadOnlyList<string> Settings { get; private set; } = [];
    public string? Json { get; private set; }

    public static bool TryParse(IReadOnlyList<string> args, out StormOptions options, out string error)
    {
        options = new StormOptions();
        error = "";
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == OwnNetwork.Mark) continue;
            var (name, value) = (args[i], i + 1 < args.Count ? args[++i] : null);
            if (value is not null && options.TrySet(name, value)) continue;
            error = value is null ? $"unknown option, or one without its value: {name}" : $"wrong: {name} {value}";
            return false;
        }
        return true;
    }

    private bool TrySet(string name, string value)
    {
        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
        switch (name)
        {
            case "--lnsd" when ForwardOptions.ProgramAt(value) is { } program: Builds = [("lnsd", program), .. Builds.Skip(1)]; return true;
            case "--versus" when ForwardOptions.ProgramAt(value) is { } program: Builds = [Builds[0], ("versus", program)]; return true;
            case "--sessions" when isNumber && number <= 60_000: Sessions = number; return true;
            case "--in-flight" when isNumber: InFlight = number; return true;
            case "--rounds" when isNumber && number <= 1000: Rounds = number; return true;
            case "--set": Settings = [.. Settings, value]; return true;
            case "--json": Json = value; return true;
            default: return false;
        }
    }
}
