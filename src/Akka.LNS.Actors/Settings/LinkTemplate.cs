using System.Collections.Immutable;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Actors.Settings;

/// <summary>Settings of the PPP links of some LACs.</summary>
public sealed record LinkTemplate
{
    public string Name { get; init; } = TemplateNames.Default;

    /// <summary>Settings of LCP and authentication: methods, MRU, echoes, restart timers, time-outs.</summary>
    public LinkPolicy Policy { get; init; } = new();

    /// <summary>
    /// Sources of name and password, in order. The next one is asked only when the one before does not know the user. Empty only without
    /// authentication.
    /// </summary>
    public ImmutableArray<AuthSource> AuthBy { get; init; } = [AuthSource.Local, AuthSource.Radius];

    /// <summary>Name of the bundle template for links of this template.</summary>
    public string Bundle { get; init; } = TemplateNames.Default;

    /// <summary>First source that exists: local users if there are any, RADIUS if there are servers; null: none.</summary>
    public AuthSource? FirstAsked(LnsSettings settings)
    {
        if (Policy.AuthMethods.IsEmpty) return null;
        foreach (var source in AuthBy)
            if (source == AuthSource.Local ? !settings.Users.IsEmpty : settings.Radius.Authenticates) return source;
        return null;
    }
}
