namespace Akka.LNS.Actors.Overload;

/// <summary>The groups whose depth makes the Load (DESIGN: serial = subscribers' actors and the interface gate, parallel = in front of RADIUS).</summary>
public enum MailboxGroup
{
    Serial,
    Parallel,
}

/// <summary>Messages that wait in one group, over all its mailboxes.</summary>
public sealed class MailboxMeter
{
    private long _depth;

    /// <summary>Messages waiting now; never below zero.</summary>
    public long Depth => Math.Max(0, Volatile.Read(ref _depth));

    /// <summary>In minus out, as it is: at rest zero, or something was counted once only.</summary>
    internal long Balance => Volatile.Read(ref _depth);

    /// <summary>Also for queues that are not mailboxes, such as the backlog of the RADIUS router.</summary>
    public void Add(int by) => Interlocked.Add(ref _depth, by);
}

/// <summary>The meters of one actor system, found by the mailboxes that HOCON makes.</summary>
public sealed class MailboxMeters : IExtension
{
    private sealed class Provider : ExtensionIdProvider<MailboxMeters>
    {
        public static readonly Provider Instance = new();
        public override MailboxMeters CreateExtension(ExtendedActorSystem system) => new();
    }

    public MailboxMeter Serial { get; } = new();
    public MailboxMeter Parallel { get; } = new();
    public MailboxMeter this[MailboxGroup group] => group == MailboxGroup.Serial ? Serial : Parallel;

    public static MailboxMeters Of(ActorSystem system) => (MailboxMeters)system.RegisterExtension(Provider.Instance);
}
