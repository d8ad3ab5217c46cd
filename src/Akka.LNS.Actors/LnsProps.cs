namespace Akka.LNS.Actors;

/// <summary>Props with the mailbox that belongs to the actor's group.</summary>
internal static class LnsProps
{
    /// <summary>HOCON paths of the metered mailboxes.</summary>
    public const string SerialMailbox = "akka.actor.lns-serial-mailbox";
    public const string ParallelMailbox = "akka.actor.lns-parallel-mailbox";

    /// <summary>HOCON path of the dispatcher of all actors of the node. It has threads of its own.</summary>
    public const string Dispatcher = "akka.actor.lns-dispatcher";

    public static Props Serial<T>(Func<T> make) where T : ActorBase => Make(make, SerialMailbox);
    public static Props Parallel<T>(Func<T> make) where T : ActorBase => Make(make, ParallelMailbox);

    private static Props Make<T>(Func<T> make, string mailbox) where T : ActorBase =>
        Props.CreateBy(new Producer<T>(make)).WithMailbox(mailbox).WithDispatcher(Dispatcher);

    /// <summary>Strategy that stops a failed child and never restarts it, because its state is lost.</summary>
    public static SupervisorStrategy StopFailed { get; } =
        new OneForOneStrategy(0, Timeout.Infinite, static _ => Directive.Stop, loggingEnabled: true);

    /// <summary>Creates actors without expression trees or reflection, because thousands are created each second.</summary>
    private sealed class Producer<T>(Func<T> make) : IIndirectActorProducer where T : ActorBase
    {
        public Type ActorType => typeof(T);
        public ActorBase Produce() => make();
        public void Release(ActorBase actor) { }
    }
}
