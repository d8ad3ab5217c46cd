using System.Globalization;
using Akka.LNS.Stress.Nodes;

namespace Akka.LNS.Benchmarks;

/// <summary>Arguments of `beside`.</summary>
internal sealed record BesideOptions
{
    /// <summary>Names of the measurements, in the order in which they run.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["fresh", "second", "churn", "cdn", "terminate", "quiet", "rounds", "cores", "many", "memory", "rest", "stopccn"];

    public IReadOnlyList<string> Only { get; private set; } = Names;
    public int Runs { get; private set; } = 5;
    public int Sessions { get; private set; } = 9000;
    /// <summary>Sessions of many, memory, rest and stopccn.</summary>
    public int Many { get; private set; } = 50_000;
    public int InFlight { get; private set; } = 100;
    /// <summary>Path of lnsd.dll. Null: artifacts/lnsd of the tree.</summary>
    public string? Lnsd { get; private set; }
    /// <summary>Another build of lnsd. Null: none.</summary>
    public string? Versus { get; private set; }
    /// <summary>Measure no other server.</summary>
    public bool Alone { get; private set; }
    public IReadOnlyList<string> Settings { get; private set; } = [];
    /// <summary>Environment of lnsd, NAME=VALUE.</summary>
    public IReadOnlyList<string> Environment { get; private set; } = [];
    /// <summary>Shell command that runs beside each measured phase of lnsd. Null: none.</summary>
    public string? Attach { get; private set; }
    public string Log { get; private set; } = "information";
    public string? Json { get; private set; }
    public bool Keep { get; private set; }

    public bool Has(string name) => Only.Contains(name);

    public static bool TryParse(IReadOnlyList<string> args, out BesideOptions options, out string error)
    {
        options = new BesideOptions();
        if (args is not ["l2tpns", ..])
        {
            error = "beside needs the name of the other server: l2tpns";
            return false;
        }
        error = "";
        for (var i = 1; i < args.Count; i++)
        {
            switch (args[i])
            {
                case OwnNetwork.Mark: continue;
                case "--alone": options.Alone = true; continue;
                case "--keep": options.Keep = true; continue;
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
        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
        switch (name)
        {
            case "--only" when value.Split(',') is var names && names.All(Names.Contains): Only = names; return true;
            case "--runs" when isNumber && number <= 1000: Runs = number; return true;
            case "--sessions" when isNumber && number <= 60_000: Sessions = number; return true;
            case "--many" when isNumber && number <= 60_000: Many = number; return true;
            case "--in-flight" when isNumber: InFlight = number; return true;
            case "--lnsd" when ForwardOptions.ProgramAt(value) is { } program: Lnsd = program; return true;
            case "--versus" when ForwardOptions.ProgramAt(value) is { } program: Versus = program; return true;
            case "--set": Settings = [.. Settings, value]; return true;
            case "--env" when value.IndexOf('=') > 0: Environment = [.. Environment, value]; return true;
            case "--attach": Attach = value; return true;
            case "--log": Log = value; return true;
            case "--json": Json = value; return true;
            default: return false;
        }
    }
}
