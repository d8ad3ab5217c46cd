using System.Collections.Immutable;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Client;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>Makes the contracts of the API from the state of the node.</summary>
internal static class Rows
{
    extension(LoadRefused)
    {
        public static LoadRefused Of(IEnumerable<RefusalCount> counts)
        {
            var byReason = counts.GroupBy(static c => c.Reason)
                .ToDictionary(static g => g.Key.ToString(), static g => g.Sum(static c => c.Count));
            return new LoadRefused(byReason.Values.Sum(), byReason);
        }
    }

    extension(LoadRadius)
    {
        public static LoadRadius Of(int workers, RadiusCondition now) => new(workers, now.Outstanding, now.MaxOutstanding,
            now.Authentication.Waiting, now.StartStop.Waiting, now.Interim.Waiting,
                now.Servers.Count(static s => s.Standing is not ServerStanding.Dead));
    }

    extension(LoadSpool)
    {
        public static LoadSpool Of(SpoolSnapshot now) =>
            new(now.Waiting, now.IsDurable, now.Oldest, now.Octets, now.IsFailing, now.Lost, now.Failure?.SinceUtc, now.Failure?.Why);
    }

    extension(LoadProcess)
    {
        public static LoadProcess Now => new(Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 3), Environment.WorkingSet,
            GC.GetTotalMemory(forceFullCollection: false));
    }

    extension(SessionRow)
    {
        public static SessionRow Of(CallEntry call, IDataPlane plane)
        {
            plane.TryReadCounters(call.Path, out var counters);
            return new SessionRow(call.Id, call.User, call.Address.IsNone ? null : call.Address.ToString(), call.Lac, call.LacAddress,
                call.Calling, call.Called,
                call.Path.TunnelId, call.Path.SessionId, CallFilter.Word(call.Phase), call.Began, call.On, call.Pool,
                counters.InOctets, counters.InPackets, counters.OutOctets, counters.OutPackets)
            {
                TypedUser = call.Login.Length == 0 || call.Login == call.User ? null : call.Login,
            };
        }
    }

    extension(TunnelRow)
    {
        public static TunnelRow Of(TunnelEntry t) =>
            new(t.Id, t.Lac, t.Flow.ToString(), t.Flow.Local.ToString(), TunnelRow.Word(t.Phase), t.Began, t.Calls, t.CallsEver);

        public static string Word(TunnelPhase phase) => phase switch
        {
            TunnelPhase.Opening => "opening",
            TunnelPhase.Up => "up",
            _ => "closing",
        };
    }

    extension(TunnelLayer)
    {
        public static TunnelLayer Of(TunnelDescription t) =>
            new(t.State, t.PeerTunnelId, t.PeerPattern, t.LinkTemplate, t.Peer?.VendorName, t.Peer?.ReceiveWindow,
            t.Settings.Secret is not null, Seconds.Of(t.HeardAgo), Seconds.Of(t.Settings.HelloInterval), Seconds.Of(t.NextTimerIn));
    }

    extension(RadiusClassRow)
    {
        public static RadiusClassRow Of(RadiusClassCondition c) => new(c.Waiting, c.Outstanding, c.Refused, c.Expired);
    }

    extension(RadiusLatency)
    {
        public static RadiusLatency? Of(ImmutableArray<long> counts)
        {
            var samples = counts.Sum();
            return samples == 0 ? null
                : new RadiusLatency(Percentile(counts, samples, 50), Percentile(counts, samples, 90), Percentile(counts, samples, 99),
                samples);
        }
    }

    /// <summary>Upper bound of the bucket of a percentile in ms; for the last bucket its lower bound.</summary>
    private static double Percentile(ImmutableArray<long> counts, long samples, int percent)
    {
        var (bounds, wanted, seen) = (RadiusServerCondition.LatencyBounds, ((samples * percent) + 99) / 100, 0L);
        for (var i = 0; i < bounds.Length; i++)
        {
            seen += counts[i];
            if (seen >= wanted) return bounds[i].TotalMilliseconds;
        }
        return bounds[^1].TotalMilliseconds;
    }
}
