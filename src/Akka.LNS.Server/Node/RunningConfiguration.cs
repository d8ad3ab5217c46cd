using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Settings.Reload;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Server.Settings.Values;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Server.Node;

/// <summary>Result of a reload.</summary>
/// <param name="IsApplied">The live changes of the plan are in force; true also when nothing changed.</param>
/// <param name="Notes">Remarks for the operator.</param>
internal sealed record ReloadResult(ReloadPlan Plan, bool IsApplied, IReadOnlyList<string> Notes);

/// <summary>
/// The configuration in force. A reload reads the file again, checks it as a whole, and applies all of it or nothing. Keys that need a
/// restart wait for it while the others are applied; a strict reload applies nothing then.
/// </summary>
internal sealed partial class RunningConfiguration(ConfigurationFile file, SettingsResult started, LnsNode node, LogLevels levels,
    ILogger log) : IDisposable
{
    /// <summary>Maximum number of log lines about changes or errors of one reload.</summary>
    private const int MostLines = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile SettingsResult _running = started;

    public ConfigurationFile File => file;

    /// <summary>Settings in force.</summary>
    public LnsdSettings Settings => _running.Settings;

    /// <summary>Settings in force, as HOCON without secrets.</summary>
    public string Show() => _running.Effective.ToHocon();

    /// <summary>Changes that a reload would make.</summary>
    public async Task<ReloadPlan> CompareAsync() => Plan(await file.ReadAsync());

    /// <summary>Reloads on SIGHUP and logs the result.</summary>
    public async Task HangUpAsync()
    {
        try
        {
            await ApplyAsync(strict: false);
        }
        catch (Exception e)
        {
            LogFailed(log, e);
        }
    }

    public async Task<ReloadResult> ApplyAsync(bool strict)
    {
        await _one.WaitAsync();
        try
        {
            var plan = WithTokenFiles(await CompareAsync(), strict) ?? await CompareAsync();
            var result = plan.Errors.Count > 0 || (strict && plan.Waiting.Any()) ? new ReloadResult(plan, false, [])
                : plan.HasLive ? await ApplyAsync(plan)
                : new ReloadResult(plan, true, []);
            Say(result);
            return result;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>Creates the token files that the new configuration needs.</summary>
    /// <returns>The plan, with an error when a file cannot be created; null: a file was created, so the file must be read again.</returns>
    private static ReloadPlan? WithTokenFiles(ReloadPlan plan, bool strict)
    {
        if (plan.Errors.Count > 0 || (strict && plan.Waiting.Any())) return plan;
        try
        {
            return TokenFiles.CreateMissing(plan.Now.Settings.Api) ? null : plan;
        }
        catch (TokenFileException e)
        {
            return plan with { Errors = [e.Message] };
        }
    }

    private ReloadPlan Plan(SettingsResult next) => ReloadPlan.Make(_running, next,
        new RunningFacts(node.DynamicAuthorization is not null));

    private async Task<ReloadResult> ApplyAsync(ReloadPlan plan)
    {
        var before = node.Settings;
        // the data plane keeps what the start gave it; only the routes to its device follow the pools
        var wanted = plan.Now.Settings.Node;
        var next = wanted with { Listen = before.Listen, Tun = before.Tun with { Routes = wanted.Tun.Routes } };
        var notes = Notes(before, next).ToList();
        var warnings = node.Plane.Warnings.Count;
        try
        {
            await node.ApplyAsync(next).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            notes.Add($"the new settings hold, but not all parts of the node have confirmed them within {Units.Show(Patience)}");
        }
        notes.AddRange(node.Plane.Warnings.Skip(warnings)); // a route that belongs to another device
        // a level that lnsctl set stays, unless the file has a new one
        var (logged, log) = (_running.Settings.Log, plan.Now.Settings.Log);
        if (log.Level != logged.Level) levels.TrySet(null, log.Level);
        foreach (var (source, level) in log.Levels)
            if (!logged.Levels.TryGetValue(source, out var was) || was != level) levels.TrySet(source, level);
        foreach (var source in logged.Levels.Keys)
            if (!log.Levels.ContainsKey(source)) levels.TrySet(source, null);
        _running = plan.Now;
        return new ReloadResult(plan, true, notes);
    }

    private IEnumerable<string> Notes(LnsSettings before, LnsSettings next)
    {
        if (before.DataPlane == DataPlaneKind.Tun)
        {
            foreach (var own in next.Bundles.Values.Select(static b => b.Ipcp.LocalAddress)
                .Where(a => !a.IsNone && !before.Tun.Addresses.Contains(a)).Distinct())
            {
                yield return $"{own} is an own address of a bundle template, and the device gets it with a restart: " +
                    "until then nothing answers there";
            }
        }
        if (next.Radius.Accounts && next.Radius.Accounting.Spool.File is { } spool && node.Spool.File is null)
            yield return $"accounting has begun while lnsd runs: its records wait in memory, and in {spool} after a restart";
    }

    private void Say(ReloadResult result)
    {
        var plan = result.Plan;
        if (plan.Errors.Count > 0)
        {
            foreach (var error in plan.Errors.Take(MostLines)) LogError(log, error);
            LogRefused(log, file.Name, plan.Errors.Count == 1 ? "1 error" : $"{plan.Errors.Count} errors");
            return;
        }
        if (plan.Changes.IsEmpty)
        {
            LogNothing(log, file.Name);
            return;
        }
        foreach (var change in plan.Changes.Take(MostLines)) LogChange(log, change.ToString());
        if (plan.Changes.Length > MostLines) LogChange(log, $"and {plan.Changes.Length - MostLines} more");
        var waiting = plan.Waiting.Count();
        foreach (var note in result.Notes) LogNote(log, note);
        if (result.IsApplied) LogApplied(log, file.Name, plan.Changes.Length - waiting, waiting);
        else LogRefused(log, file.Name, $"{waiting} keys need a restart, and all or nothing was wanted");
    }

    [LoggerMessage(EventId = 10, Level = LogLevel.Information,
        Message = "configuration {File} reloaded: {Changed} keys changed, {Waiting} wait for a restart")]
    private static partial void LogApplied(ILogger log, string file, int changed, int waiting);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information, Message = "configuration {File} read again: nothing changed")]
    private static partial void LogNothing(ILogger log, string file);

    [LoggerMessage(EventId = 12, Level = LogLevel.Error, Message = "configuration {File} not reloaded, everything stays as it is: {Why}")]
    private static partial void LogRefused(ILogger log, string file, string why);

    [LoggerMessage(EventId = 13, Level = LogLevel.Error, Message = "configuration: {Error}")]
    private static partial void LogError(ILogger log, string error);

    [LoggerMessage(EventId = 14, Level = LogLevel.Information, Message = "configuration: {Change}")]
    private static partial void LogChange(ILogger log, string change);

    [LoggerMessage(EventId = 15, Level = LogLevel.Warning, Message = "configuration: {Note}")]
    private static partial void LogNote(ILogger log, string note);

    [LoggerMessage(EventId = 16, Level = LogLevel.Error, Message = "the reload failed")]
    private static partial void LogFailed(ILogger log, Exception e);
}
