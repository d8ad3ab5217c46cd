using System.Globalization;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;

namespace Akka.LNS.Benchmarks;

/// <summary>Arguments of `setup`.</summary>
internal sealed record SetupOptions
{
    public int Sessions { get; private set; } = 10_000;
    public int Tunnels { get; private set; } = 4;
    public SubscriberAuth Auth { get; private set; } = SubscriberAuth.Chap;
    public IReadOnlyList<string> Planes { get; private set; } = ["null", "tun"];
    public int InFlight { get; private set; } = 200;
    public double Rate { get; private set; }
    public int Warmup { get; private set; } = 500;
    public TimeSpan Settle { get; private set; } = TimeSpan.FromSeconds(3);
    public TimeSpan RadiusDelay { get; private set; }
    public string Log { get; private set; } = "information";
    public HangUp HangUp { get; private set; } = HangUp.CallDisconnect;
    public IReadOnlyList<string> Settings { get; private set; } = [];
    public string? Json { get; private set; }
    public int Scrapes { get; private set; } = 10;
    public bool Keep { get; private set; }
    public bool Watch { get; private set; }
    public bool Dashboard { get; private set; }

    public static bool TryParse(IReadOnlyList<string> args, out SetupOptions options, out string error)
    {
        options = new SetupOptions();
        error = "";
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == OwnNetwork.Mark) continue;
            switch (args[i])
            {
                case "--keep": options.Keep = true; continue;
                case "--watch": options.Watch = true; continue;
                case "--dashboard" when Pages.CanRun: options.Dashboard = true; continue;
                case "--dashboard":
                    error = "--dashboard needs Debian's chromium: apt-get install chromium";
                    return false;
            }
            var (name, value) = (args[i], i + 1 < args.Count ? args[++i] : null);
            if (value is null || !options.TrySet(name, value))
            {
                error = value is null ? $"unknown option, or one without its value: {name}" : $"wrong: {name} {value}";
                return false;
            }
        }
        return true;
    }

    private bool TrySet(string name, string value)
    {
        var isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0;
        switch (name)
        {
            case "--sessions" when isNumber && number is >= 1 and <= 1_000_000: Sessions = (int)number; return true;
            case "--tunnels" when isNumber && number is >= 1 and <= 60_000: Tunnels = (int)number; return true;
            case "--in-flight" when isNumber && number >= 1: InFlight = (int)number; return true;
            case "--rate" when isNumber: Rate = number; return true;
            case "--warmup" when isNumber: Warmup = (int)number; return true;
            case "--scrapes" when isNumber && number <= 1000: Scrapes = (int)number; return true;
            case "--settle" when isNumber: Settle = TimeSpan.FromSeconds(number); return true;
            case "--radius-delay" when isNumber: RadiusDelay = TimeSpan.FromMilliseconds(number); return true;
            case "--auth" when value is "chap" or "pap": Auth = value == "chap" ? SubscriberAuth.Chap : SubscriberAuth.Pap; return true;
            case "--plane" when value is "null" or "tun": Planes = [value]; return true;
            case "--plane" when value is "both": return true;
            case "--hangup" when value is "cdn" or "lcp":
                HangUp = value == "cdn" ? HangUp.CallDisconnect
                : HangUp.TerminateRequest; return true;
            case "--log": Log = value; return true;
            case "--set": Settings = [.. Settings, value]; return true;
            case "--json": Json = value; return true;
            default: return false;
        }
    }
}
