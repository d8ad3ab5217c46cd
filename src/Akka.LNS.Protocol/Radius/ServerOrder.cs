using System.Collections.Immutable;

namespace Akka.LNS.Protocol.Radius;

/// <summary>How a server is asked.</summary>
/// <param name="Priority">A server with a lower number is asked first.</param>
/// <param name="Weight">Share of the requests among servers of one priority; at least 1.</param>
/// <param name="Timeout">Time that one attempt waits.</param>
/// <param name="Attempts">Number of times that a request is sent to it, the first included; at least 1.</param>
public readonly record struct RadiusServerPolicy(int Priority, int Weight, TimeSpan Timeout, int Attempts);

/// <summary>Order in which a request asks the servers: suspects last, then by priority, then by weight.</summary>
public static class ServerOrder
{
    /// <param name="health">One for each server of <paramref name="servers"/>.</param>
    /// <param name="random">Any number. With the weights it decides among servers of one priority.</param>
    /// <param name="among">Which of them may be asked; empty: all.</param>
    /// <returns>Servers that may be asked; empty when all are dead.</returns>
    public static ImmutableArray<ServerCandidate> Of(ReadOnlySpan<RadiusServerPolicy> servers, ReadOnlySpan<ServerHealthState> health,
        uint random, ReadOnlySpan<bool> among = default)
    {
        var order = ImmutableArray.CreateBuilder<ServerCandidate>(servers.Length);
        Span<bool> taken = servers.Length <= 64 ? stackalloc bool[64] : new bool[servers.Length];
        for (var i = 0; i < among.Length; i++) taken[i] = !among[i];
        while (Best(servers, health, taken) is { } best)
        {
            var total = 0L;
            for (var i = 0; i < servers.Length; i++)
                if (IsLike(servers, health, taken, i, best))
                    total += Math.Max(1, servers[i].Weight);
            random = random * 1664525u + 1013904223u; // the next of a linear congruential sequence; its high bits are the good ones
            var drawn = (long)((ulong)total * random >> 32);
            for (var i = 0; i < servers.Length; i++)
            {
                if (!IsLike(servers, health, taken, i, best) || (drawn -= Math.Max(1, servers[i].Weight)) >= 0) continue;
                taken[i] = true;
                order.Add(new ServerCandidate(i, servers[i].Timeout, Math.Max(1, servers[i].Attempts)));
                break;
            }
        }
        return order.DrainToImmutable();
    }

    private static int? Best(ReadOnlySpan<RadiusServerPolicy> servers, ReadOnlySpan<ServerHealthState> health, ReadOnlySpan<bool> taken)
    {
        int? best = null;
        for (var i = 0; i < servers.Length; i++)
            if (!taken[i] && health[i].IsUsable && (best is not { } b || Compare(servers, health, i, b) < 0))
                best = i;
        return best;
    }

    private static bool IsLike(
        ReadOnlySpan<RadiusServerPolicy> servers, ReadOnlySpan<ServerHealthState> health, ReadOnlySpan<bool> taken, int i, int best) =>
        !taken[i] && health[i].IsUsable && Compare(servers, health, i, best) == 0;

    private static int Compare(ReadOnlySpan<RadiusServerPolicy> servers, ReadOnlySpan<ServerHealthState> health, int a, int b)
    {
        // one exchange must try a half-open server: it keeps its place by priority, and only that exchange sees it
        var doubt = (health[a].Standing == ServerStanding.Suspect).CompareTo(health[b].Standing == ServerStanding.Suspect);
        return doubt != 0 ? doubt : servers[a].Priority.CompareTo(servers[b].Priority);
    }
}
