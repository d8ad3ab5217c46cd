namespace Akka.LNS.Actors.Overload;

/// <summary>Groups of mailboxes whose depths make the Load: serial (actors of subscribers, interface gate) and parallel (RADIUS).</summary>
public enum MailboxGroup
{
    Serial,
    Parallel,
}

/// <summary>Number of waiting messages in all mailboxes of one group.</summary>
public sealed class MailboxMeter
{
    private long _depth;

    /// <summary>Messages waiting now; never below zero.</summary>
    public long Depth => Math.Max(0, Volatile.Read(ref _depth));

    /// <summary>Messages in minus messages out. At rest, any value except zero is a counting error.</summary>
    internal long Balance => Volatile.Read(ref _depth);

    /// <summary>Changes the depth, also for queues that are not mailboxes, such as the backlog of the RADIUS router.</summary>
    public void Add(int by) => Interlocked.Add(ref _depth, by);
}

/// <summary>Meters of one actor system. Mailboxes made by HOCON find them here.</summary>
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
