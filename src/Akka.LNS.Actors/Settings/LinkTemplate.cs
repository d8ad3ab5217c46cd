using System.Collections.Immutable;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Settings;

/// <summary>How the PPP links of some LACs are run.</summary>
public sealed record LinkTemplate
{
    public string Name { get; init; } = TemplateNames.Default;

    /// <summary>What LCP and authentication take: methods, MRU, echoes, restart timers, time-outs.</summary>
    public LinkPolicy Policy { get; init; } = new();

    /// <summary>Who is asked about name and password, in this order; the next one only when the one before does not know the user. Empty only without authentication.</summary>
    public ImmutableArray<AuthSource> AuthBy { get; init; } = [AuthSource.Local, AuthSource.Radius];

    /// <summary>Name of the bundle template for links of this template.</summary>
    public string Bundle { get; init; } = TemplateNames.Default;

    /// <summary>Who is really asked first: local users when there are any, RADIUS when there are servers; null: nobody.</summary>
    public AuthSource? FirstAsked(LnsSettings settings)
    {
        if (Policy.AuthMethods.IsEmpty) return null;
        foreach (var source in AuthBy)
            if (source == AuthSource.Local ? !settings.Users.IsEmpty : settings.Radius.Authenticates) return source;
        return null;
    }
}
