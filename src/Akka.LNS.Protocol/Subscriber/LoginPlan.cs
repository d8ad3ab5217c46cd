using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>Input of the choice of the source that checks a login.</summary>
/// <param name="AuthBy">Sources of the link template, in order.</param>
/// <param name="IsLocalUser">A local user has this name.</param>
/// <param name="HasRadius">At least one RADIUS server authenticates.</param>
public readonly record struct LoginCase(ImmutableArray<AuthSource> AuthBy, bool IsLocalUser, bool HasRadius)
{
    /// <summary>The name has more than <see cref="LoginPlan.MaxName"/> octets.</summary>
    public bool IsNameTooLong { get; init; }

    /// <summary>Realms are configured, so a user of none of them is refused.</summary>
    public bool UsesRealms { get; init; }

    /// <summary>The user name belongs to a configured realm.</summary>
    public bool HasRealm { get; init; }

    /// <summary>Text with which the realm refuses all its users; null: it does not.</summary>
    public string? RealmRefusal { get; init; }

    /// <summary>Sources of the realm, in order, instead of <see cref="AuthBy"/>; empty: as there.</summary>
    public ImmutableArray<AuthSource> RealmAuthBy { get; init; } = [];
}

/// <summary>Source that checks a login.</summary>
public enum LoginStep : byte
{
    /// <summary>Refuse the login without a question.</summary>
    Refuse,
    /// <summary>Compare with the local user.</summary>
    CheckLocally,
    /// <summary>Ask RADIUS.</summary>
    AskRadius,
}

/// <summary>The decision of <see cref="LoginPlan"/>.</summary>
/// <param name="Why">Reason for the log; empty unless the step is <see cref="LoginStep.Refuse"/>.</param>
/// <param name="Message">Text for the subscriber; null: none.</param>
/// <param name="IsByRealm">The realm refuses, not the user name.</param>
public readonly record struct LoginDecision(LoginStep Step, string Why = "", string? Message = null, bool IsByRealm = false);

/// <summary>Chooses the source that checks a login. Pure.</summary>
/// <remarks>
/// A source that cannot know the user is passed over: local users without this name, RADIUS without a server. Only the chosen source is
/// asked, so its rejection is final.
/// </remarks>
public static class LoginPlan
{
    /// <summary>Octets of a User-Name (RFC 2865 section 5.1). A longer name is refused: cut, it could be another user's.</summary>
    public const int MaxName = 253;

    public static LoginDecision Decide(in LoginCase login)
    {
        if (login.IsNameTooLong) return new(LoginStep.Refuse, "the user name has more than 253 octets");
        if (login is { UsesRealms: true, HasRealm: false }) return new(LoginStep.Refuse, "unknown realm", null, IsByRealm: true);
        if (login.RealmRefusal is { } refusal) return new(LoginStep.Refuse, refusal, refusal, IsByRealm: true);
        foreach (var source in login.RealmAuthBy.IsEmpty ? login.AuthBy : login.RealmAuthBy)
        {
            switch (source)
            {
                case AuthSource.Local when login.IsLocalUser: return new(LoginStep.CheckLocally);
                case AuthSource.Radius when login.HasRadius: return new(LoginStep.AskRadius);
            }
        }
        return new(LoginStep.Refuse, "unknown user");
    }
}
