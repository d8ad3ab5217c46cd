using System.Collections.Immutable;
using System.Text;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.Handover;

/// <summary>A <see cref="TunnelRecord"/> with the control messages in flight. Without them the peer could lose messages.</summary>
/// <param name="Messages">Unacknowledged and waiting messages in the order of Ns, with any Nr.</param>
/// <param name="Early">Messages of the peer that arrived ahead of their order, by Ns. Optional, because the peer sends them again.</param>
public sealed record TunnelSnapshot(
    TunnelRecord Record, ImmutableArray<byte[]> Messages, ImmutableSortedDictionary<long, ReadOnlyMemory<byte>> Early)
{
    /// <summary>Snapshot of an established tunnel.</summary>
    /// <param name="revision">Number of the snapshot; it grows with each snapshot of the tunnel.</param>
    /// <returns>Null when the tunnel is not established. The peer then opens a new one.</returns>
    public static TunnelSnapshot? Of(ControlConnectionState state, long revision, Instant now)
    {
        if (state.Peer is not { } peer) return null;
        var channel = state.Channel;
        var messages = ImmutableArray.CreateBuilder<byte[]>(channel.Messages.Count);
        for (var i = 0; i < channel.Messages.Count; i++) messages.Add(channel.Messages[i]);
        return new TunnelSnapshot(
            new TunnelRecord
            {
                Revision = revision, Local = state.Local, Peer = peer, Entropy = state.Entropy, Silence = now - state.LastHeardAt,
                Channel = channel with
                {
                    Messages = default,
                    Early = ControlChannel.NothingEarly,
                    RetransmitAt = null,
                    AckAt = null,
                    WaitsSince = null,
                },
                RetransmitIn = channel.RetransmitAt - now, AckIn = channel.AckAt - now, Waited = now - channel.WaitsSince,
            },
            messages.MoveToImmutable(), channel.Early);
    }

    /// <summary>State of the tunnel at the moment of the snapshot: the same events give the same effects.</summary>
    /// <param name="now">Time of the clock that the new owner reads.</param>
    public ControlConnectionState Resume(ControlConnectionSettings settings, Instant now)
    {
        var messages = default(MessageQueue);
        foreach (var message in Messages) messages = messages.Append(message);
        return new ControlConnectionState
        {
            Settings = settings, Local = Record.Local, PeerTunnelId = Record.Peer.TunnelId,
            Tunnel = new TunnelState.Established(Record.Peer),
            Channel = Record.Channel with
            {
                Messages = messages,
                Early = Early,
                RetransmitAt = Record.RetransmitIn is { } retransmit ? now + retransmit : null,
                AckAt = Record.AckIn is { } ack ? now + ack
                : null,
                WaitsSince = Record.Waited is { } waited ? now - waited : null,
            },
            LastHeardAt = now - Record.Silence, Secret = new AvpOctets(Encoding.UTF8.GetBytes(settings.Secret ?? "")),
            Entropy = Record.Entropy,
        };
    }
}
