namespace Akka.LNS.Client;

/// <summary>Rating of a state, for colors.</summary>
public enum StateRating
{
    /// <summary>In transition, or a state without a rating.</summary>
    Neutral,
    /// <summary>In service.</summary>
    Good,
    /// <summary>Restricted, or on the way out of service.</summary>
    Warning,
    /// <summary>Out of service.</summary>
    Bad,
}

/// <summary>Ratings of the states in the API: sessions, tunnels, RADIUS servers, members, verdicts and drains.</summary>
public static class StateRatings
{
    public static StateRating Of(string? state) => state switch
    {
        "up" or "open" or "serving" => StateRating.Good,
        "closing" or "suspect" or "half-open" or "early" or "draining" or "drained" => StateRating.Warning,
        "closed" or "dead" or "unreachable" => StateRating.Bad,
        _ => StateRating.Neutral,
    };
}
