using System.Collections.Concurrent;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Actors.Tracing;
using Akka.LNS.DataPlane;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Microsoft.Extensions.Logging.Abstractions;

namespace Akka.LNS.Actors.Tests;

/// <summary>The router alone, with its workers. The test reports the results of exchanges about servers.</summary>
public sealed class RadiusRouterTests : IDisposable
{
    private sealed class Inbox(BlockingCollection<object> got) : UntypedActor
    {
        protected override void OnReceive(object message) => got.Add(message);
    }

    private readonly ActorSystem _system = ActorSystem.Create("router", ConfigurationFactory.ParseString(TestNode.Hocon));
    private readonly BlockingCollection<object> _got = [];
    private readonly ConcurrentQueue<RadiusRequest> _logins = new();
    private readonly JumpingClock _time = new();
    private readonly TestRadius _radius = new();
    private readonly NodeMeter _meter = new();

    public void Dispose()
    {
        _system.Terminate().GetAwaiter().GetResult();
        _radius.Dispose();
        _meter.Dispose();
        _got.Dispose();
    }

    /// <summary>
    /// A dead service is tried by one exchange after its dead time. Records wait for that trial, whatever the other service does.
    /// </summary>
    [Fact]
    public async Task A_change_of_the_authentication_service_fails_no_record_that_waits_for_a_trial_of_accounting()
    {
        _radius.OnLogin = _logins.Enqueue;
        var server = _radius.Server() with
        {
            DeadAfter = 1,
            DeadTime = TimeSpan.FromHours(1),
            Timeout = TimeSpan.FromHours(9),
            StatusServer = StatusServerUse.Off,
        };
        var settings = TestNode.Default with { Radius = _radius.Settings() with { Servers = [server], Workers = 1 } };
        var clock = new NodeClock(_time);
        var monitor = new RadiusMonitor();
        using var plane = Planes.Null(settings.Listen, settings.Policing);
        var router = _system.ActorOf(LnsProps.Parallel(() => new RadiusRouter(new LiveSettings(settings), clock,
            NullLogger.Instance, new NodeCounters(), _meter, new Traces(settings.Traces, plane, clock), monitor)));
        var inbox = _system.ActorOf(Props.Create(() => new Inbox(_got)));
        var authentication = new ServerId("test", RadiusService.Authentication, 1);
        var accounting = new ServerId("test", RadiusService.Accounting, 1);

        // the only worker is busy with a login
        var nas = new NasPort("lns", null, null, 1, "1", "", "", "", "", "", null);
        var login = new LoginRequest("alice", new LoginProof.Pap(Encoding.UTF8.GetBytes(TestNode.Password)), "s1", nas);
        router.Tell(new LoginAsked(1, login, clock.Now + TimeSpan.FromDays(1), inbox));
        await Wait.Until(() => !_logins.IsEmpty, () => "no login");

        // accounting dies, its dead time passes, and another exchange tries it
        router.Tell(new ServerSeen(accounting, ServerHealthEvent.TimedOut.Instance), inbox);
        await Wait.Until(() => Standing() == ServerStanding.Dead, () => $"{monitor.Latest}");
        _time.Jump(TimeSpan.FromHours(1));
        var applied = new SettingsApplied(1);
        router.Tell(new SettingsChanged(settings, applied)); // a reload also handles what is due
        await applied.Task;
        router.Tell(new AccountingAsked(AccountingRecord.OfNode(AccountingKind.On, "n", nas, DateTimeOffset.UnixEpoch, null),
            clock.Now + TimeSpan.FromDays(1), inbox));
        router.Tell(new ServerSeen(accounting, ServerHealthEvent.Asked.Instance), inbox);
        router.Tell(new ServerSeen(authentication, ServerHealthEvent.TimedOut.Instance), inbox);
        router.Tell(new ServerSeen(accounting, new ServerHealthEvent.Answered(TimeSpan.FromMilliseconds(1))), inbox);
        router.Tell(new ServerSeen(authentication, new ServerHealthEvent.Answered(TimeSpan.FromMilliseconds(1))), inbox);
        _logins.Single().Judge();

        var answers = new[] { Next(), Next() };
        Assert.Null(Assert.Single(answers.OfType<AccountingAnswered>()).Failure);

        ServerStanding Standing() => monitor.Latest.Servers.FirstOrDefault(static s => s.IsAccounting)?.Standing ?? default;
        object Next() => _got.TryTake(out var message, TimeSpan.FromSeconds(30)) ? message : throw new TimeoutException("no answer");
    }
}
