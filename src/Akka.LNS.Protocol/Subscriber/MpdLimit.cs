using System.Globalization;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>Action of an mpd-limit on the packets of its class.</summary>
public enum MpdLimitAction : byte
{
    /// <summary>The class only counts.</summary>
    None,
    Pass,
    Deny,
    /// <summary>Packets above the rate are dropped.</summary>
    RateLimit,
    /// <summary>Packets above the rate wait.</summary>
    Shape,
}

/// <summary>
/// One mpd-limit attribute, for example <c>in#10#fast=all shape 8000000 100000 pass</c>: direction, number, name of the class (optional),
/// filter, action.
/// </summary>
/// <param name="IsIn">For packets from the subscriber; else to it.</param>
/// <param name="Number">Place in the order of the limits.</param>
/// <param name="Name">Name of the class; empty: none.</param>
/// <param name="Filter">0: all packets; else the number of an mpd-filter.</param>
/// <param name="Rate">Bits per second, for RateLimit and Shape.</param>
/// <param name="Burst">Octets; 0: not given.</param>
/// <param name="ExtendedBurst">Octets, for RateLimit; 0: not given.</param>
/// <param name="Pass">Packets within the rate go to no further limit.</param>
public readonly record struct MpdLimit(
    bool IsIn, int Number, string Name, int Filter, MpdLimitAction Action, long Rate, long Burst, long ExtendedBurst, bool Pass)
{
    /// <summary>Form of the text, for messages.</summary>
    public const string Form =
        "'in|out#NUMBER[#NAME]=all|fltN none|pass|deny|rate-limit RATE [BURST [EXTENDED]] [pass]|shape RATE [BURST] [pass]'";

    /// <summary>Reads the text. False: it does not have the form.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MpdLimit limit)
    {
        limit = default;
        var equals = text.IndexOf('=');
        if (equals < 0) return false;
        Span<Range> words = stackalloc Range[8];
        var parts = text[..equals];
        var count = parts.Split(words, '#');
        if (count is < 2 or > 3 || !ReadNumber(parts[words[1]], int.MaxValue, out var number)) return false;
        bool isIn;
        if (parts[words[0]] is "in") isIn = true;
        else if (parts[words[0]] is "out") isIn = false;
        else return false;
        var name = count == 3 ? parts[words[2]].ToString() : "";
        if (count == 3 && name.Length == 0) return false;

        var rest = text[(equals + 1)..];
        count = rest.Split(words, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count is < 2 or > 6) return false;
        var filter = 0L;
        if (rest[words[0]] is not "all"
            && !(rest[words[0]].StartsWith("flt") && ReadNumber(rest[words[0]][3..], int.MaxValue, out filter) && filter > 0))
            return false;
        MpdLimitAction action;
        switch (rest[words[1]])
        {
            case "none": action = MpdLimitAction.None; break;
            case "pass": action = MpdLimitAction.Pass; break;
            case "deny": action = MpdLimitAction.Deny; break;
            case "rate-limit": action = MpdLimitAction.RateLimit; break;
            case "shape": action = MpdLimitAction.Shape; break;
            default: return false;
        }
        Span<long> numbers = stackalloc long[3];
        numbers.Clear();
        var pass = false;
        if (action is MpdLimitAction.RateLimit or MpdLimitAction.Shape)
        {
            if (rest[words[count - 1]] is "pass") (pass, count) = (true, count - 1);
            var given = count - 2;
            if (given < 1 || given > (action == MpdLimitAction.Shape ? 2 : 3)) return false;
            for (var i = 0; i < given; i++)
                if (!ReadNumber(rest[words[2 + i]], 1_000_000_000_000, out numbers[i]) || numbers[i] == 0) return false;
        }
        else if (count != 2)
        {
            return false;
        }
        limit = new MpdLimit(isIn, (int)number, name, (int)filter, action, numbers[0], numbers[1], numbers[2], pass);
        return true;
    }

    private static bool ReadNumber(ReadOnlySpan<char> text, long most, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most;
}
