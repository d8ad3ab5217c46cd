using System.Globalization;
using Akka.Configuration;

namespace Akka.LNS.Clustering;

/// <summary>Akka settings of the actor system of the cluster.</summary>
internal static class ClusterHocon
{
    public const string ActorName = "lns";

    /// <param name="port">Port of remoting. It stays the same after the first start.</param>
    /// <param name="akkaHocon">The section akka of the operator. These settings take precedence.</param>
    /// <param name="listens">false: a cluster of one without a port.</param>
    public static Config Of(ClusterSettings settings, int port, bool listens, string akkaHocon) =>
        ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
        akka {
          loggers = ["Akka.Logger.Serilog.SerilogLogger, Akka.Logger.Serilog"]
          logger-formatter = "Akka.Logger.Serilog.SerilogLogMessageFormatter, Akka.Logger.Serilog"
          # these lines have a format of Akka's own: the logger has not started yet, or has stopped
          stdout-loglevel = WARNING
          stdout-logger-class = "Akka.LNS.Clustering.LateLogger, Akka.LNS.Clustering"
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor {
            provider = cluster
            serialize-messages = off
            serialize-creators = off
            serializers {
              json = "Akka.LNS.Clustering.NoSerializer, Akka.LNS.Clustering"
              lns = "Akka.LNS.Clustering.ClusterWire, Akka.LNS.Clustering"
            }
            serialization-bindings { "Akka.LNS.Clustering.IClusterWireMessage, Akka.LNS.Clustering" = lns }
          }
          # with the default tick, two timer wheels would cause half of the load of an idle node
          scheduler.tick-duration = 50 ms
          remote {
            # remote nodes reach only these actors, send no system messages and create no actors
            untrusted-mode = on
            trusted-selection-paths = ["/system/cluster/core/daemon", "/system/cluster/heartbeatReceiver", "/user/{{ActorName}}"]
            log-remote-lifecycle-events = off
            retry-gate-closed-for = 2 s
            enabled-transports = ["akka.remote.{{(listens ? "dot-netty.tcp" : "lone")}}"]
            lone {
              transport-class = "Akka.LNS.Clustering.LoneTransport, Akka.LNS.Clustering"
              applied-adapters = []
              hostname = "{{settings.Remoting.Hostname}}"
            }
            dot-netty.tcp {
              hostname = "{{settings.Remoting.Hostname}}"
              port = {{port}}
              enable-ssl = {{(settings.Remoting.Tls is null ? "off" : "on")}}
              server-socket-worker-pool { pool-size-min = 1, pool-size-factor = 1.0, pool-size-max = 1 }
              client-socket-worker-pool { pool-size-min = 1, pool-size-factor = 1.0, pool-size-max = 1 }
            }
          }
          cluster {
            roles = [{{string.Join(", ", settings.Roles.Select(static r => $"\"{r}\""))}}]
            seed-node-timeout = {{Milliseconds(settings.SeedTimeout)}} ms
            retry-unsuccessful-join-after = 5 s
            failure-detector.acceptable-heartbeat-pause = {{Milliseconds(settings.HeartbeatPause)}} ms
            downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
            split-brain-resolver {
              active-strategy = static-quorum
              stable-after = {{Milliseconds(settings.StableAfter)}} ms
              static-quorum.quorum-size = {{settings.Quorum}}
            }
            # only this actor system ends: the one of the node has the sessions
            run-coordinated-shutdown-when-down = on
            scheduler.tick-duration = 50 ms
          }
          coordinated-shutdown {
            exit-clr = off
            run-by-clr-shutdown-hook = off
            # a member leaves only by an explicit order
            run-by-actor-system-terminate = off
          }
        }
        """)).WithFallback(ConfigurationFactory.ParseString(akkaHocon));

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
