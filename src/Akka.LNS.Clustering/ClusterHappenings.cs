using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.LNS.Protocol.Membership;

namespace Akka.LNS.Clustering;

/// <summary>Membership events for a reader.</summary>
internal static class ClusterHappenings
{
    private const int MostHappenings = 1000;

    /// <summary>Returns the current members and the leader, then each event. A slow reader loses the oldest events.</summary>
    public static async IAsyncEnumerable<ClusterHappening> ReadAsync(
        ClusterContext context,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<ClusterHappening>(
            new BoundedChannelOptions(MostHappenings) { FullMode = BoundedChannelFullMode.DropOldest });
        void Listen(ClusterHappening happening) => channel.Writer.TryWrite(happening);
        context.Listen(Listen);
        try
        {
            var view = context.View;
            foreach (var m in view.Nodes.Members.Values)
                if (KindOf(m.Phase) is { } kind)
                    yield return new ClusterHappening(kind, new ClusterEventMember(m.Key, m.Phase, m.Roles), null, null, null);
            foreach (var m in view.Nodes.Members.Values)
                if (m.UnreachableSince is not null)
                    yield return new ClusterHappening(
                        "UnreachableMember", new ClusterEventMember(m.Key, m.Phase, m.Roles), null, null, null);
            if (view.Nodes.Leader is { } leader) yield return new ClusterHappening("LeaderChanged", null, leader, null, null);
            await foreach (var happening in channel.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return happening;
        }
        finally
        {
            context.Unlisten(Listen);
        }
    }

    private static string? KindOf(MemberPhase phase) => phase switch
    {
        MemberPhase.Joining => "MemberJoined",
        MemberPhase.WeaklyUp => "MemberWeaklyUp",
        MemberPhase.Up => "MemberUp",
        MemberPhase.Leaving => "MemberLeft",
        MemberPhase.Exiting => "MemberExited",
        MemberPhase.Down => "MemberDowned",
        _ => null,
    };
}
