using System.CommandLine;
using System.Globalization;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl.Verbs;

internal static class PoolsVerb
{
    public static Command Make()
    {
        var name = new Argument<string?>("pool") { Description = "Show this pool only.", Arity = ArgumentArity.ZeroOrOne };
        var leases = new Option<bool>("--leases") { Description = "Show the assigned addresses and their users." };
        var paging = new Paging();
        var command = new Command("pools", "Address pools and their use.") { name, leases };
        paging.AddTo(command);
        return command.Does(async run =>
        {
            var found = await run.Api.ListPoolsAsync(run.Cancel);
            if (run.Get(name) is { } wanted)
            {
                found = found with { Pools = [.. found.Pools.Where(p => p.Name == wanted)] };
                if (found.Pools.Count == 0) throw new CtlException(ExitCode.NotFound, $"there is no pool '{wanted}'");
            }
            if (run.Get(leases)) await ShowLeases(run, found, paging);
            else ShowPools(run.Output, found);
            return ExitCode.Ok;
        });
    }

    private static void ShowPools(Output output, PoolList found)
    {
        output.List(found, ApiJson.Default.PoolList, found.Pools, ApiJson.Default.PoolRow,
            "lns.pools has no pool: addresses come from RADIUS or lns.users",
            new Column<PoolRow>("POOL", static p => p.Name), Column<PoolRow>.Number("SIZE", static p => p.Size),
            Column<PoolRow>.Number("USED", static p => p.Used), Column<PoolRow>.Number("FREE", static p => p.Free),
            new("FULL", static p => p.Size == 0 ? null : Percent(100.0 * p.Used / p.Size), IsNumber: true),
            new("STICKY", static p => p.Sticky ? "yes" : "no"),
            Column<PoolRow>.Number("OUTSIDE", static p => p.Outside == 0 ? null : p.Outside));
        if (found.Outside > 0 && output.Format is (OutputFormat.Table or OutputFormat.Wide)) output.Note($"{found.Outside} addresses "
            + "in use belong to no pool");
    }

    private static string Percent(double percent) => percent.ToString("0.0", CultureInfo.InvariantCulture) + "%";

    private static async Task ShowLeases(Run run, PoolList found, Paging paging)
    {
        var byPool = new Dictionary<string, LeasePage>(StringComparer.Ordinal);
        foreach (var pool in found.Pools)
        {
            var (total, rows) = await paging.ReadAsync<LeaseRow>(run, async page =>
            {
                var answer = await run.Api.ListLeasesAsync(pool.Name, page, run.Cancel);
                return (answer.Total, answer.Leases);
            });
            byPool.Add(pool.Name, new LeasePage(total, 0, rows.Count, rows));
        }
        if (run.Output.IsJson)
        {
            run.Output.Json(new PoolsWithLeases(found.Pools, found.Outside, byPool), CtlJson.Default.PoolsWithLeases);
            return;
        }
        (string Pool, LeaseRow Lease)[] all = [.. byPool.SelectMany(static p => p.Value.Leases.Select(l => (p.Key, l)))];
        run.Output.Table(all,
            new Column<(string Pool, LeaseRow Lease)>("POOL", static l => l.Pool), new("ADDRESS", static l => l.Lease.Address),
            new("USER", static l => l.Lease.User), new("SESSION", static l => l.Lease.Session),
            Column<(string Pool, LeaseRow Lease)>.State("STATE", static l => l.Lease.State),
            new("SINCE", static l => Units.Time(l.Lease.Since)), new("OUTSIDE", static l => l.Lease.Outside ? "yes" : null));
        Paging.SayRest(run.Output, all.Length, byPool.Values.Sum(static p => p.Total));
    }
}
