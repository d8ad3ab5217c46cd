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

    /// <summary>
    /// Props of an actor of one call. They release <paramref name="make"/>, with all that it refers to, when the actor is made: such an
    /// actor is never restarted.
    /// </summary>
    public static Props Call<T>(Func<T> make) where T : ActorBase => new CallProps(typeof(T), make);

    /// <summary>Strategy that stops a failed child and never restarts it, because its state is lost.</summary>
    public static SupervisorStrategy StopFailed { get; } = new StopStrategy();

    /// <summary>
    /// The same, and the parent gets <see cref="ChildGone"/> when a child has ended. Unlike a watch, it costs no memory: an actor that
    /// watches another, or is watched by two, has six collections.
    /// </summary>
    public static SupervisorStrategy StopFailedAndTell { get; } = new TellingStrategy();

    /// <summary>A child of this actor has terminated.</summary>
    internal sealed record ChildGone : INoSerializationVerificationNeeded, Akka.Event.IDeadLetterSuppression
    {
        public static readonly ChildGone Instance = new();
    }

    private class StopStrategy() : OneForOneStrategy(0, Timeout.Infinite, static _ => Directive.Stop, loggingEnabled: true);

    private sealed class TellingStrategy : StopStrategy
    {
        public override void HandleChildTerminated(
            IActorContext actorContext, IActorRef child, IEnumerable<IInternalActorRef> children) =>
            actorContext.Self.Tell(ChildGone.Instance, ActorRefs.NoSender);
    }

    /// <summary>Thousands of calls share one <see cref="Deploy"/>.</summary>
    private sealed class CallProps(Type type, Func<ActorBase> make) : Props(SerialDeploy, type, [])
    {
        private static readonly Deploy SerialDeploy =
            Deploy.None.WithMailbox(SerialMailbox).WithDispatcher(LnsProps.Dispatcher);

        private Func<ActorBase>? _make = make;

        public override ActorBase NewActor()
        {
            var make = _make ?? throw new InvalidOperationException("the actor of a call is never made twice");
            _make = null;
            return make();
        }

        protected override Props Copy() => new CallProps(Type, _make!) { Deploy = Deploy };
    }

    /// <summary>Creates actors without expression trees or reflection, because thousands are created each second.</summary>
    private sealed class Producer<T>(Func<T> make) : IIndirectActorProducer where T : ActorBase
    {
        public Type ActorType => typeof(T);
        public ActorBase Produce() => make();
        public void Release(ActorBase actor) { }
    }
}
