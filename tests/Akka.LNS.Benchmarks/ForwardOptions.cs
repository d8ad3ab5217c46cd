using System.Globalization;
using Akka.LNS.Stress.Nodes;

namespace Akka.LNS.Benchmarks;

/// <summary>Arguments of `forward`.</summary>
internal sealed record ForwardOptions
{
    /// <summary>The builds to measure: name and path of lnsd.dll.</summary>
    public IReadOnlyList<(string Name, string Program)> Builds { get; private set; } =
        [("lnsd", Path.Combine(AppContext.BaseDirectory, "lnsd.dll"))];

    public int Sessions { get; private set; } = 200;
    public int Rounds { get; private set; } = 1;
    public int Window { get; private set; } = 256;
    public TimeSpan Time { get; private set; } = TimeSpan.FromSeconds(2);
    public IReadOnlyList<string> Settings { get; private set; } = [];
    public string? Json { get; private set; }
    public bool Keep { get; private set; }

    public static bool TryParse(IReadOnlyList<string> args, out ForwardOptions options, out string error)
    {
        options = new ForwardOptions();
        error = "";
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == OwnNetwork.Mark) continue;
            if (args[i] == "--keep")
            {
                options.Keep = true;
                continue;
            }
            var (name, value) = (args[i], i + 1 < args.Count ? args[++i] : null);
            if (value is not null && options.TrySet(name, value)) continue;
            error = value is null ? $"unknown option, or one without its value: {name}" : $"wrong: {name} {value}";
            return false;
        }
        return true;
    }

    private bool TrySet(string name, string value)
    {
        var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0;
        switch (name)
        {
            case "--lnsd" when ProgramAt(value) is { } program: Builds = [("lnsd", program), .. Builds.Skip(1)]; return true;
            case "--versus" when ProgramAt(value) is { } program: Builds = [Builds[0], ("versus", program)]; return true;
            case "--sessions" when isNumber && number <= 60_000: Sessions = (int)Math.Max(1, number); return true;
            case "--rounds" when isNumber && number <= 1000: Rounds = (int)Math.Max(1, number); return true;
            case "--window" when isNumber && number <= 100_000: Window = (int)Math.Max(1, number); return true;
            case "--seconds" when isNumber && number <= 3600: Time = TimeSpan.FromSeconds(number); return true;
            case "--set": Settings = [.. Settings, value]; return true;
            case "--json": Json = value; return true;
            default: return false;
        }
    }

    /// <summary>lnsd.dll, or the folder that it is in. Null: there is none.</summary>
    public static string? ProgramAt(string path)
    {
        var program = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, "lnsd.dll") : path);
        return File.Exists(program) ? program : null;
    }
}
