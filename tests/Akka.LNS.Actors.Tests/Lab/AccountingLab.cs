using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>The accounting actor alone: a test is the bundles and the gate before it, and the RADIUS servers behind it.</summary>
internal sealed class AccountingLab : IAsyncDisposable
{
    /// <summary>Stands for the RADIUS router: keeps the requests.</summary>
    private sealed class Router(ConcurrentQueue<AccountingAsked> asked) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is AccountingAsked record) asked.Enqueue(record);
            else Sender.Tell(message); // after all earlier requests
        }
    }

    /// <summary>Stands for a bundle.</summary>
    private sealed class Bundle(string session, ConcurrentQueue<string> dropped) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is AccountingDropAsked) dropped.Enqueue(session);
        }
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ActorSystem _system = ActorSystem.Create("accounting", ConfigurationFactory.ParseString(TestNode.Hocon));
    private readonly IActorRef _accounting;
    private readonly IActorRef _radius;
    private readonly ConcurrentQueue<AccountingAsked> _asked = new();
    private readonly ConcurrentQueue<string> _dropped = new();
    private readonly Dictionary<string, AccountingAsked> _outstanding = [];
    private readonly Dictionary<string, (string User, IActorRef Bundle)> _sessions = [];
    private readonly LiveSettings _live;

    /// <param name="retryInterval">First and longest pause between attempts; null: an hour, so that time causes no attempt.</param>
    /// <param name="spool">null: in memory.</param>
    public AccountingLab(TimeSpan? retryInterval = null, Func<CapturingLog, IAccountingSpool>? spool = null)
    {
        var interval = retryInterval ?? TimeSpan.FromHours(1);
        var accounting = new AccountingSettings { RetryInterval = interval, RetryMax = interval };
        _live = new LiveSettings(TestNode.Default with { Radius = TestNode.Default.Radius with { Workers = 4, Accounting = accounting } });
        Spool = spool is null ? new MemorySpool(new AccountingSpoolSettings(), Log) : spool(Log);
        _radius = _system.ActorOf(Props.Create(() => new Router(_asked)));
        _accounting = _system.ActorOf(LnsProps.Serial(() => new AccountingActor(
            Spool, 1, _live, new NodeClock(TimeProvider.System), Log, new NodeCounters(), _radius)), "accounting");
    }

    /// <summary>With sessions that were up when the process before was killed.</summary>
    public static AccountingLab Later(string folder, (string Session, string User, bool IsStartDue)[] left, TimeSpan? retryInterval = null)
    {
        var file = Path.Combine(folder, "accounting.db");
        using (var database = SpoolDatabase.Open(file, 1 << 30, DateTimeOffset.UtcNow))
        {
            database.Write([.. left.Select(static (s, i) => new SpoolChange(i + 1)
            {
                Start = Record(AccountingKind.Start, s.Session, s.User), IsStartAccepted = !s.IsStartDue,
            })], null);
        }
        return new AccountingLab(retryInterval,
            log => SqliteSpool.Open(new AccountingSpoolSettings { File = file }, new NodeClock(TimeProvider.System), log));
    }

    public CapturingLog Log { get; } = new();
    public IAccountingSpool Spool { get; }

    /// <summary>A new value is a reload.</summary>
    public LnsSettings Settings { get => _live.Current; set => _live.Replace(value); }

    /// <summary>Sessions whose bundle was asked to end them.</summary>
    public IEnumerable<string> Dropped => _dropped;

    /// <summary>A record of the node.</summary>
    public void OfNode(AccountingKind kind) =>
        _accounting.Tell(new AccountingOffered(AccountingRecord.OfNode(kind, "node", Port, DateTimeOffset.UtcNow), ActorRefs.Nobody));

    public void Start(string session, string user) => Offer(AccountingKind.Start, session, user);
    public void Stop(string session) => Offer(AccountingKind.Stop, session, Of(session, "").User);

    /// <summary>The gate reports the end of forwarding.</summary>
    public void Ends(string session, string user) => _accounting.Tell(new AccountingEnds(session, user, Of(session, user).Bundle));

    /// <summary>The bundle terminates: all its records have been offered.</summary>
    public void BundleGoes(string session) => _system.Stop(_sessions[session].Bundle);

    /// <summary>Sends the Start of an extra session that a server accepts: the servers answer again.</summary>
    public async Task AcceptsStartOf(string session, string user)
    {
        Start(session, user);
        await Sends($"Start {session}");
        Accepted(session);
    }

    /// <summary>A server acknowledges the outstanding record of a session.</summary>
    public void Accepted(string session) => Answer(session, null);

    /// <summary>A server acknowledges it and wants the session ended.</summary>
    public void AcceptedWithDrop(string session) => Answer(session, null, dropAsked: true);

    /// <summary>No server acknowledges it.</summary>
    public void Fails(string session) => Answer(session, "no answer");

    /// <summary>It fits into no packet.</summary>
    public void DoesNotFit(string session) => Answer(session, "does not fit", isUnsendable: true);

    /// <summary>These records come in this order, and no others for now.</summary>
    public async Task Sends(params string[] expected)
    {
        await Wait.Until(() => _asked.Count >= expected.Length,
            () => $"{string.Join(", ", expected)}; sent: {string.Join(", ", _asked.Select(Name))}\n{Log}");
        for (var i = 0; i < 3; i++) // messages that the actor sends to itself through the spool arrive later
        {
            await _accounting.Ask<AccountingBacklog>(AskAccountingBacklog.Instance, Patience);
            await Wait.Until(() => Spool.Snapshot.Unwritten == 0, static () => "the spool has written");
        }
        await _radius.Ask<string>("done", Patience);
        List<AccountingAsked> sent = [];
        while (_asked.TryDequeue(out var one)) sent.Add(one);
        Assert.Equal(expected, sent.Select(Name));
        foreach (var one in sent) _outstanding.Add(one.Record.Session.AcctSessionId, one);
    }

    public Task<AccountingBacklog> Backlog() => _accounting.Ask<AccountingBacklog>(AskAccountingBacklog.Instance, Patience);

    public static AccountingRecord Record(AccountingKind kind, string session, string user)
    {
        var of = new AccountingSession(session, session, user, AccountingAuthentic.Radius, Port, null, null, [], "", "", 0);
        var cause = kind == AccountingKind.Stop ? new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.UserRequest, "test") : null;
        return new AccountingRecord(kind, of, 1, default, TimeSpan.Zero, DateTimeOffset.UtcNow, cause);
    }

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await Spool.CloseAsync();
        Spool.Dispose();
    }

    private static NasPort Port => new("test", null, null, 0, "", "", "", "", "", "", null);

    private static string Name(AccountingAsked asked) => $"{asked.Record.Kind} {asked.Record.Session.AcctSessionId}";

    private (string User, IActorRef Bundle) Of(string session, string user)
    {
        if (!_sessions.TryGetValue(session, out var known))
            _sessions.Add(session, known = (user, _system.ActorOf(Props.Create(() => new Bundle(session, _dropped)))));
        return known;
    }

    private void Offer(AccountingKind kind, string session, string user) =>
        _accounting.Tell(new AccountingOffered(Record(kind, session, user), Of(session, user).Bundle));

    private void Answer(string session, string? failure, bool dropAsked = false, bool isUnsendable = false)
    {
        Assert.True(_outstanding.Remove(session, out var asked), $"no record of {session} is outstanding");
        asked!.Accounting.Tell(new AccountingAnswered(session, asked.Record.Kind, failure, dropAsked, isUnsendable));
    }
}
