using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.LNS.Actors.Accounting;
using Akka.LNS.Actors.Node;
using Akka.LNS.Actors.Radius;
using Akka.LNS.Actors.Accounting.Spool;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>The accounting actor alone: a test is the bundles and the gate before it, and the RADIUS servers behind it.</summary>
internal sealed class AccountingLab : IAsyncDisposable
{
    /// <summary>Stands for the router: keeps what it is asked.</summary>
    private sealed class Router(ConcurrentQueue<AccountingAsked> asked) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is AccountingAsked record) asked.Enqueue(record);
            else Sender.Tell(message); // behind all that came before
        }
    }

    /// <summary>Stands for a bundle: only its end matters.</summary>
    private sealed class Bundle : UntypedActor
    {
        protected override void OnReceive(object message) { }
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ActorSystem _system = ActorSystem.Create("accounting", ConfigurationFactory.ParseString(TestNode.Hocon));
    private readonly IDataPlane _plane;
    private readonly IActorRef _accounting;
    private readonly ConcurrentQueue<AccountingAsked> _asked = new();
    private readonly Dictionary<string, AccountingAsked> _outstanding = [];
    private readonly Dictionary<string, (string User, IActorRef Bundle)> _sessions = [];

    /// <param name="spool">null: in memory.</param>
    public AccountingLab(TimeSpan? retryInterval = null, Func<LnsSettings, LnsSettings>? change = null, Func<CapturingLog, IAccountingSpool>? spool = null, TimeProvider? clock = null)
    {
        var settings = TestNode.Default;
        var interval = retryInterval ?? TimeSpan.FromHours(1); // what is sent then is sent by order, not by time
        settings = settings with { Radius = settings.Radius with { Workers = 4, Accounting = new AccountingSettings { RetryInterval = interval, RetryMax = interval } } };
        if (change is not null) settings = change(settings);
        _plane = Planes.Null(settings.Listen, settings.Policing);
        Spool = spool is null ? new MemorySpool(new AccountingSpoolSettings(), Log) : spool(Log);
        Context = new LnsNodeContext(settings, _plane, new NodeClock(clock ?? TimeProvider.System), Log, new SessionIdSource("t", DateTimeOffset.UtcNow), Spool)
        {
            Radius = _system.ActorOf(Props.Create(() => new Router(_asked))),
        };
        _accounting = _system.ActorOf(LnsProps.Serial(() => new AccountingActor(Context)), "accounting");
    }

    /// <summary>With sessions that were on when the process before was killed.</summary>
    public static AccountingLab Later(string folder, (string Session, string User, bool IsStartDue)[] left, TimeSpan? retryInterval = null,
        Func<LnsSettings, LnsSettings>? change = null)
    {
        var file = Path.Combine(folder, "accounting.db");
        using (var database = SpoolDatabase.Open(file, 1 << 30, DateTimeOffset.UtcNow))
        {
            database.Write([.. left.Select(static (s, i) => new SpoolChange(i + 1) { Start = Record(AccountingKind.Start, s.Session, s.User), StartTaken = !s.IsStartDue })], null);
        }
        return new AccountingLab(retryInterval, change, log => SqliteSpool.Open(new AccountingSpoolSettings { File = file }, new NodeClock(TimeProvider.System), log));
    }

    public LnsNodeContext Context { get; }
    public CapturingLog Log { get; } = new();
    public IAccountingSpool Spool { get; }

    /// <summary>A record of the node.</summary>
    public void OfNode(AccountingKind kind) =>
        _accounting.Tell(new AccountingOffered(AccountingRecord.OfNode(kind, "node", Port, DateTimeOffset.UtcNow), ActorRefs.Nobody));

    public void Start(string session, string user) => Offer(AccountingKind.Start, session, user);
    public void Stop(string session) => Offer(AccountingKind.Stop, session, Of(session, "").User);

    /// <summary>The gate's word.</summary>
    public void Ends(string session, string user) => _accounting.Tell(new AccountingEnds(session, user, Of(session, user).Bundle));

    /// <summary>All its records have been offered.</summary>
    public void BundleGoes(string session) => _system.Stop(_sessions[session].Bundle);

    /// <summary>A session of its own whose Start a server takes: servers answer.</summary>
    public async Task TakesStartOf(string session, string user)
    {
        Start(session, user);
        await Sends($"Start {session}");
        Taken(session);
    }

    /// <summary>A server has acknowledged the outstanding record of a session.</summary>
    public void Taken(string session) => Answer(session, null);

    /// <summary>No server did.</summary>
    public void Fails(string session) => Answer(session, "no answer");

    /// <summary>It waited too long for one to be asked.</summary>
    public void IsNotAsked(string session) => Answer(session, "waited too long", isUnasked: true);

    /// <summary>No packet can hold it.</summary>
    public void DoesNotFit(string session) => Answer(session, "does not fit", isUnsendable: true);

    /// <summary>These come in this order, and nothing more for now.</summary>
    public Task Sends(params string[] expected) => Sends(static sent => sent, expected);

    public Task SendsInAnyOrder(params string[] expected) => Sends(static sent => [.. sent.Order(StringComparer.Ordinal)], [.. expected.Order(StringComparer.Ordinal)]);

    private async Task Sends(Func<string[], string[]> order, string[] expected)
    {
        await Wait.Until(() => _asked.Count >= expected.Length, () => $"{string.Join(", ", expected)}; sent: {string.Join(", ", _asked.Select(Name))}\n{Log}");
        for (var i = 0; i < 3; i++) // what it tells itself by way of its spool comes behind
        {
            await _accounting.Ask<AccountingBacklog>(AskAccountingBacklog.Instance, Patience);
            await Wait.Until(() => Spool.Snapshot.Unwritten == 0, static () => "the spool has written");
        }
        await Context.Radius.Ask<string>("done", Patience);
        List<AccountingAsked> sent = [];
        while (_asked.TryDequeue(out var one)) sent.Add(one);
        Assert.Equal(expected, order([.. sent.Select(Name)]));
        foreach (var one in sent) _outstanding.Add(one.Record.Session.AcctSessionId, one);
    }

    public Task<AccountingBacklog> Backlog() => _accounting.Ask<AccountingBacklog>(AskAccountingBacklog.Instance, Patience);

    public static AccountingRecord Record(AccountingKind kind, string session, string user) => new(kind,
        new AccountingSession(session, session, user, AccountingAuthentic.Radius, Port, null, null, [], "", "", 0), 1, default, TimeSpan.Zero, DateTimeOffset.UtcNow,
        kind == AccountingKind.Stop ? new EndReason(EndParty.Subscriber, EndLayer.Link, EndCause.UserRequest, "test") : null);

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await Spool.CloseAsync();
        Spool.Dispose();
        _plane.Dispose();
    }

    private static NasPort Port => new("test", null, null, 0, "", "", "", "", "", "", null);

    private static string Name(AccountingAsked asked) => $"{asked.Record.Kind} {asked.Record.Session.AcctSessionId}";

    private (string User, IActorRef Bundle) Of(string session, string user)
    {
        if (!_sessions.TryGetValue(session, out var known)) _sessions.Add(session, known = (user, _system.ActorOf(Props.Create(static () => new Bundle()))));
        return known;
    }

    private void Offer(AccountingKind kind, string session, string user) =>
        _accounting.Tell(new AccountingOffered(Record(kind, session, user), Of(session, user).Bundle));

    private void Answer(string session, string? failure, bool isUnsendable = false, bool isUnasked = false)
    {
        Assert.True(_outstanding.Remove(session, out var asked), $"nothing of {session} is outstanding");
        asked!.Accounting.Tell(new AccountingAnswered(session, asked.Record.Kind, failure, false, isUnsendable, isUnasked));
    }
}
