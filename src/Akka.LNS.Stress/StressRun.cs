using System.ComponentModel;
using System.Globalization;
using System.Text;
using Akka.LNS.Stress.Figures;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Nodes;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Stress.Scenarios;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Stress;

/// <summary>One run of a scenario: starts RADIUS, the LNS unless one is given, and the LACs; ends with the report.</summary>
internal sealed class StressRun(Scenario scenario, StressOptions options)
{
    private static readonly UdpEndpoint OwnLns = new(new Ipv4Address(0x7F000001), 1701);
    private static readonly Ipv4Address LoopbackLac = new(0x7F010001);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var sessions = options.Sessions ?? scenario.Sessions;
        var tunnels = options.Tunnels ?? new Random(options.Seed).Next(2, 65);
        RadiusResponder? radius = null;
        LnsdProcess? lnsd = null;
        LoadGenerator? load = null;
        LnsApi? api = null;
        try
        {
            var listen = options.RadiusListen ?? (new Ipv4Address(0x7F000001), (ushort)0, (ushort)0);
            radius = new RadiusResponder(new RadiusResponderSettings
            {
                Address = listen.Address, AuthenticationPort = listen.Authentication, AccountingPort = listen.Accounting,
                Secret = Encoding.UTF8.GetBytes(options.RadiusSecret), Password = options.Password,
                RequireMessageAuthenticator = options.Lns is null, // an LNS of another vendor may not send it
            })
            { Behaviour = options.Radius };
            if (options.Lns is null)
            {
                lnsd = new LnsdProcess(new LnsdSettings
                {
                    Plane = options.Plane, Listen = OwnLns, RadiusSecret = options.RadiusSecret, TunnelSecret = options.Secret,
                    Log = options.Log, Keep = options.Keep,
                    More = [$"lns.radius.workers = {options.Workers}", .. scenario.LnsSettings(sessions), .. options.Set],
                }, radius);
            }
            var lns = options.Lns ?? OwnLns;
            var isLoopback = lns.Address.Value >> 24 == 127;
            load = new LoadGenerator(new LoadSettings
            {
                Lns = lns, Sessions = sessions + scenario.Extra(sessions), Tunnels = tunnels, Seed = options.Seed,
                TunnelSecret = Encoding.UTF8.GetBytes(options.Secret),
                Password = options.Password, Auth = options.Auth, InFlight = int.MaxValue,
                FirstLac = options.Lac ?? (isLoopback ? LoopbackLac : default), LacAddresses = options.Lac is null && isLoopback ? 0 : 1,
            });
            if ((options.Api ?? (lnsd is null ? null : $"unix:{lnsd.ApiSocket}")) is { } address) api = new LnsApi(address);
            return await PlayAsync(sessions, tunnels, radius, lnsd, load, api, cancel);
        }
        catch (Exception e) when (e is Win32Exception or IOException or ArgumentException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"lns-stress: {e.Message}");
            return StressCommand.CannotStart;
        }
        finally
        {
            load?.Dispose();
            lnsd?.Dispose();
            api?.Dispose();
            radius?.Dispose();
        }
    }

    private async Task<int> PlayAsync(
        int sessions, int tunnels, RadiusResponder radius, LnsdProcess? lnsd, LoadGenerator load, LnsApi? api, CancellationToken cancel)
    {
        var target = options.Lns?.ToString() ?? $"a new LNS ({options.Plane} plane)";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{scenario.Name}: {sessions:N0} subscribers in {tunnels:N0} tunnels to {target}, seed {options.Seed}; {Machine.Description}"));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var sampler = new Sampler(load.Counters, radius, api, lnsd?.Id ?? options.Pid, Interval);
        var stage = new Stage(options, sessions, load, radius, sampler, lnsd, cancel);
        if (lnsd is not null) radius.OnLogin = stage.OnLogin;
        var looking = sampler.RunAsync(over.Token);
        var playing = Task.Factory.StartNew(
            () => Play(stage, load, lnsd), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Progress.ShowAsync(scenario.Name, sampler, playing);
        string? problem = null;
        try
        {
            problem = await playing;
        }
        catch (OperationCanceledException)
        {
            problem = "interrupted before the end of the scenario";
        }
        await over.CancelAsync();
        await looking;
        radius.OnLogin = null;
        if (lnsd is { HasExited: false })
        {
            var ended = lnsd.Stop(TimeSpan.FromSeconds(20));
            stage.Expect("the LNS ends with exit code 0 after SIGTERM", ended == 0, ended is { } c ? $"{c}" : (FormattableString)$"killed");
        }
        var report = new Report(scenario.Name, options, sessions, tunnels, stage, load.Report(), radius, problem, DateTimeOffset.Now);
        report.Print();
        if (problem is not null && lnsd is not null)
        {
            await Console.Error.WriteLineAsync($"output of lnsd:\n{lnsd.Said}");
            if (File.Exists(lnsd.LogFile)) await Console.Error.WriteLineAsync(string.Join('\n', File.ReadLines(lnsd.LogFile).TakeLast(20)));
        }
        await report.SaveAsync();
        return report.Held ? StressCommand.Held : StressCommand.Broken;
    }

    /// <summary>Plays the scenario. Null: it reached its end; else the reason why not.</summary>
    private string? Play(Stage stage, LoadGenerator load, LnsdProcess? lnsd)
    {
        stage.Step("open the tunnels");
        load.Retry = RetryPolicy.Default;
        var open = load.OpenTunnels(TimeSpan.FromSeconds(60), stage.Cancel);
        load.Retry = null;
        if (!open) return lnsd is { HasExited: true } ? "the LNS did not start" : "the tunnels did not open";
        // a new LNS answers its first API request late, because it compiles the code: a short scenario would have no sample
        if (stage.Sampler.HasApi) load.HoldUntil(() => stage.Lns is not null, TimeSpan.FromSeconds(15), stage.Cancel);
        scenario.Play(stage);
        return null;
    }
}
