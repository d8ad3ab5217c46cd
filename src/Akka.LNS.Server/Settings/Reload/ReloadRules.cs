namespace Akka.LNS.Server.Settings.Reload;

/// <summary>What changes while lnsd runs. Everything else is built once, when it starts.</summary>
internal static class ReloadRules
{
    /// <summary>With all that is below them.</summary>
    private static readonly string[] Live =
    [
        "lns.tunnels", "lns.sessions.connect-timeout", "lns.sessions.max", "lns.sessions.max-per-tunnel", "lns.links", "lns.bundles", "lns.users", "lns.pools", "lns.realms",
        "lns.radius.servers", "lns.radius.server-defaults", "lns.radius.backlog", "lns.radius.require-message-authenticator", "lns.radius.login-timeout", "lns.radius.accounting.on-off",
        "lns.radius.accounting.interim-interval", "lns.radius.accounting.interim-jitter", "lns.radius.accounting.retry-interval", "lns.radius.accounting.retry-max",
        "lns.overload", "lns.drain", "lns.interface-gate", "lns.api.unix.role", "lns.api.tokens", "lns.api.certificates", "lns.log.level",
    ];

    private const string DynamicAuthorization = "lns.radius.dynamic-authorization.", LogLevels = "lns.log.levels.";

    /// <param name="key">As lns.conf has it: lns.pools.p.ranges.</param>
    /// <param name="isRemoved">There is no value any more.</param>
    public static bool IsLive(string key, RunningFacts now, bool isRemoved = false)
    {
        foreach (var live in Live)
            if (key.StartsWith(live, StringComparison.Ordinal) && (key.Length == live.Length || key[live.Length] is '.' or '[')) return true;
        if (key.StartsWith($"{DynamicAuthorization}client", StringComparison.Ordinal)) return now.ListensForDynamicAuthorization;
        return !isRemoved && key.StartsWith(LogLevels, StringComparison.Ordinal) && now.LogSources.Contains(key[LogLevels.Length..]);
    }
}

/// <summary>What decides whether a key can change.</summary>
/// <param name="LogSources">Quoted as in a key.</param>
internal sealed record RunningFacts(bool ListensForDynamicAuthorization, IReadOnlySet<string> LogSources);
