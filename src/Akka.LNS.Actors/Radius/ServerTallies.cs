using Akka.LNS.Actors.Inventory;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>Counters of the servers of the pool. Only the router uses them.</summary>
internal sealed class ServerTallies
{
    private readonly Dictionary<ServerId, ServerTally> _tallies = [];

    /// <summary>Counters of a server. Those of a server that is not in the pool are not kept.</summary>
    public ServerTally Of(ServerId server, ServerPool pool)
    {
        if (_tallies.TryGetValue(server, out var tally)) return tally;
        tally = new ServerTally(server);
        if (pool.Contains(server)) _tallies.Add(server, tally);
        return tally;
    }

    /// <summary>Drops the counters of servers that are not in the pool.</summary>
    public void Keep(ServerPool pool)
    {
        foreach (var server in _tallies.Keys)
            if (!pool.Contains(server)) _tallies.Remove(server);
    }

    public IEnumerable<RadiusServerCondition> ConditionsOf(ServerPool pool) =>
        [.. ConditionsOf(pool, RadiusService.Authentication), .. ConditionsOf(pool, RadiusService.Accounting)];

    private IEnumerable<RadiusServerCondition> ConditionsOf(ServerPool pool, RadiusService service)
    {
        for (var i = 0; i < pool.Of(service).Length; i++)
            yield return Of(pool.Of(service)[i].Id, pool).ToCondition(pool.HealthOf(service)[i]);
    }
}
