using Akka.Configuration;
using Akka.Dispatch;

namespace Akka.LNS.Actors.Threads;

/// <summary>Makes <see cref="ActorThreads"/> for a dispatcher of the configuration.</summary>
/// <remarks>Keys: <c>threads-min</c>, <c>threads-factor</c> (threads for each core) and <c>threads-max</c>.</remarks>
public sealed class ActorThreadsConfigurator : ExecutorServiceConfigurator
{
    private readonly int _count;

    /// <summary>Called by Akka with the section of the dispatcher.</summary>
    public ActorThreadsConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites)
    {
        var (least, most) = (Math.Max(1, config.GetInt("threads-min", 1)), config.GetInt("threads-max", 64));
        var wanted = (int)Math.Ceiling(Environment.ProcessorCount * config.GetDouble("threads-factor", 1));
        _count = Math.Clamp(wanted, least, Math.Max(least, most));
    }

    public override ExecutorService Produce(string id) => new ActorThreads(id, _count);
}
