using System.Text;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Client;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Settings.Reload;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Akka.LNS.Server.Node;
using Akka.LNS.Server.Api.Authentication;

namespace Akka.LNS.Server.Api.Resources;

/// <summary>The configuration: values in force, changes in the file, check and reload. No answer has a secret.</summary>
internal static class ConfigResource
{
    private const int MostChanges = 1000, MostNamed = 20;
    private const int MostOctets = 4 << 20; // of a text to check; lns.api.limits.body applies to all other requests

    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/config", static (RunningConfiguration running) => new ConfigReport(running.File.Name, running.Show()))
            .WithName("getConfig").WithSummary("The settings in force, as HOCON without secrets");
        v1.MapGet("/config/diff", CompareAsync).WithName("diffConfig").WithSummary("Changes that a reload would make");
        v1.MapPost("/config/check", CheckAsync).RequireAuthorization(nameof(ApiRole.Operate)).WithName("checkConfig")
            .Accepts<string>("text/plain")
            .WithMetadata(new BodyLimit(MostOctets)).WithSummary("Checks a configuration")
            .WithDescription("The body is the text, name= its name in errors; without a body lnsd checks its own file. "
                + "Files in the text are those of the machine of lnsd; include has no effect.");
        v1.MapPost("/config/reload", ReloadAsync).RequireAuthorization(nameof(ApiRole.Operate)).WithName("reloadConfig")
            .WithSummary("Reads the file again and applies the changes that need no restart")
            .WithDescription("422: nothing was applied; the answer gives the reasons.");
    }

    private static async Task<ConfigDiff> CompareAsync(RunningConfiguration running) => ToDiff(running, await running.CompareAsync());

    /// <summary>One check runs at a time, so that texts of many clients are not in memory together.</summary>
    private static readonly SemaphoreSlim One = new(1, 1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static async Task<Results<Ok<ConfigCheckReport>, ProblemHttpResult>> CheckAsync(HttpRequest request, string? name,
        RunningConfiguration running)
    {
        if (!await One.WaitAsync(Patience, request.HttpContext.RequestAborted))
            return Problem.Unavailable("other configurations are being checked");
        try
        {
            return TypedResults.Ok(await CheckAloneAsync(request, name, running));
        }
        finally
        {
            One.Release();
        }
    }

    private static async Task<ConfigCheckReport> CheckAloneAsync(HttpRequest request, string? name, RunningConfiguration running)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        var isForeign = text.Length > 0 || request.ContentType is not null;
        var read = isForeign ? SettingsReader.ReadForeign(text, string.IsNullOrEmpty(name) ? "configuration" : name)
            : await running.File.ReadAsync();
        return new ConfigCheckReport(isForeign ? name ?? "configuration" : running.File.Name, read.Errors.Count == 0, read.Errors);
    }

    private static async Task<Results<Ok<ConfigReloadResult>,
        UnprocessableEntity<ConfigReloadResult>>> ReloadAsync(ConfigReloadRequest? body, RunningConfiguration running, Audit audit,
        HttpContext context)
    {
        var done = await running.ApplyAsync(body?.Strict ?? false);
        var waiting = done.Plan.Waiting.Count();
        audit.Changed(context, "config reload", running.File.Name, done switch
        {
            { Plan.Errors.Count: > 0 } => $"not applied, {done.Plan.Errors.Count} errors",
            { IsApplied: false } => $"not applied, {waiting} keys need a restart: {Names(done.Plan.Waiting)}",
            { Plan.Changes.IsEmpty: true } => "nothing changed",
            _ => $"{done.Plan.Changes.Length - waiting} keys changed: {Names(done.Plan.Changes.Where(static c => !c.NeedsRestart))}; "
                + $"{waiting} wait for a restart: {Names(done.Plan.Waiting)}",
        });
        var result = new ConfigReloadResult(done.IsApplied, waiting, ToDiff(running, done.Plan), done.Notes);
        return done.IsApplied ? TypedResults.Ok(result) : TypedResults.UnprocessableEntity(result);
    }

    private static string Names(IEnumerable<SettingChange> changes)
    {
        var all = changes.Select(static c => c.Key).ToArray();
        return all.Length == 0 ? "none" : string.Join(", ", all.Take(MostNamed))
            + (all.Length > MostNamed ? $" and {all.Length - MostNamed} more" : "");
    }

    private static ConfigDiff ToDiff(RunningConfiguration running, ReloadPlan plan) => new(running.File.Name, plan.Changes.Length,
        [.. plan.Changes.Take(MostChanges).Select(static c => new ConfigChange(c.Key, c.From, c.To, c.IsHidden, c.NeedsRestart, c.At))],
            plan.Errors);

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
