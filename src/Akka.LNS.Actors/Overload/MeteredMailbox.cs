using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Akka.LNS.Actors.Overload;

/// <summary>
/// Mailbox whose depth counts into the meter of its group (<c>group = serial | parallel</c> in HOCON). Counting is O(1), so the Load needs
/// no walk over mailboxes.
/// </summary>
/// <remarks>
/// Unbounded; <see cref="Intake"/> bounds what enters it. A linked queue, because the first segment of a ConcurrentQueue costs 800 octets
/// for each of a hundred thousand idle actors.
/// </remarks>
public sealed class MeteredMailbox : MailboxType, IProducesMessageQueue<MeteredMessageQueue>
{
    private readonly MailboxGroup _group;

    /// <summary>Called by Akka with the mailbox's section of the configuration.</summary>
    /// <exception cref="ConfigurationException">The section has no <c>group</c>, or one that is neither serial nor parallel.</exception>
    public MeteredMailbox(Akka.Actor.Settings settings, Config config) : base(settings, config)
    {
        _group = config.GetString("group") switch
        {
            "serial" => MailboxGroup.Serial,
            "parallel" => MailboxGroup.Parallel,
            var other => throw new ConfigurationException($"mailbox group '{other}': allowed are serial, parallel"),
        };
    }

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new MeteredMessageQueue(MailboxMeters.Of(system)[_group]);
}

/// <summary>Many producers, one consumer (Akka runs a mailbox on one thread at a time); linked nodes, so an idle queue holds one.</summary>
public sealed class MeteredMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    private sealed class Node(Envelope value)
    {
        public Envelope Value = value;
        public Node? Next;
    }

    private readonly MailboxMeter _meter;
    private Node _head = new(default); // consumer side: an emptied node, its Next is the first message
    private Node _tail;                // producer side
    private int _count;
    private volatile bool _closed;

    internal MeteredMessageQueue(MailboxMeter meter) => (_meter, _tail) = (meter, _head);

    public bool HasMessages => Volatile.Read(ref Volatile.Read(ref _head).Next) is not null;
    public int Count => Math.Max(0, Volatile.Read(ref _count));

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var node = new Node(envelope);
        Interlocked.Increment(ref _count);
        _meter.Add(1);
        var previous = Interlocked.Exchange(ref _tail, node);
        Volatile.Write(ref previous.Next, node);
        if (_closed) _meter.Add(-Interlocked.Exchange(ref _count, 0)); // its actor is gone
    }

    public bool TryDequeue(out Envelope envelope)
    {
        var next = Volatile.Read(ref _head.Next);
        if (next is null)
        {
            envelope = default;
            return false;
        }
        envelope = next.Value;
        next.Value = default; // the node stays as the new head: do not hold on to the message
        Volatile.Write(ref _head, next);
        Interlocked.Decrement(ref _count);
        _meter.Add(-1);
        return true;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        _closed = true;
        while (TryDequeue(out var envelope)) deadletters.Enqueue(owner, envelope);
        _meter.Add(-Interlocked.Exchange(ref _count, 0)); // messages that came in between
    }
}
