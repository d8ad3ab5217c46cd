using System.Net;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Settings;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Tracing;

/// <summary>The traces that are on. While there is none, a tap is one read of <see cref="On"/>, which is null.</summary>
internal sealed class Traces(TraceSettings limits, NodeClock clock)
{
    private readonly Lock _gate = new();
    private volatile TraceTaps? _on;

    /// <summary>Null: nobody traces.</summary>
    public TraceTaps? On => _on;

    public int Count => _on?.All.Length ?? 0;

    /// <summary>Null: there are as many as may be.</summary>
    public Trace? Begin(TraceSubject subject, CallTable calls)
    {
        lock (_gate)
        {
            var all = _on?.All ?? [];
            if (all.Length >= limits.Max) return null;
            var trace = new Trace(subject, limits.RecordsPerSecond, clock, End);
            trace.Find(calls);
            _on = new TraceTaps([.. all, trace]);
            return trace;
        }
    }

    private void End(Trace trace)
    {
        lock (_gate)
        {
            Trace[] rest = [.. (_on?.All ?? []).Where(t => t != trace)];
            _on = rest.Length == 0 ? null : new TraceTaps(rest);
        }
    }
}

/// <summary>Which control connection a message belongs to.</summary>
/// <param name="Id">Ours; 0: refused, there is none.</param>
/// <param name="Lac">Host Name.</param>
/// <param name="Secret">To find the ids of a call that the LAC hides; null: none.</param>
internal sealed record TracedTunnel(ushort Id, UdpFlow Flow, string Lac, string? Secret);

/// <summary>What one control message is about, as far as it can be read.</summary>
/// <param name="Session">Of its header: as the receiver calls the call.</param>
/// <param name="Assigned">Assigned Session ID: as the sender calls the call; 0: it does not say.</param>
/// <param name="Type">0: a ZLB, or unreadable.</param>
internal readonly record struct TracedMessage(TracedTunnel Tunnel, ushort OurPort, bool IsSent, byte[] Octets, ushort Ns, ushort Session, ushort Assigned, MessageType Type)
{
    public bool IsOfCall => Session != 0 || ControlMessage.BelongsToCall(Type);
}

/// <summary>What actors tell while somebody traces. Each call returns at once, however slow the reader is.</summary>
internal sealed class TraceTaps(Trace[] all)
{
    public Trace[] All => all;

    public void Control(LnsNodeContext node, TracedTunnel tunnel, bool isSent, ReadOnlySpan<byte> datagram)
    {
        (ushort Ns, ushort Session, ushort Assigned, MessageType Type) about = default;
        if (L2tpHeaderView.TryRead(datagram, out var header, out _))
        {
            about = (header.Ns, header.SessionId.Value, 0, default);
            if (!header.Payload.IsEmpty)
            {
                var secret = tunnel.Secret is { } s ? System.Text.Encoding.UTF8.GetBytes(s) : [];
                if (ControlMessage.TryParse(header.Payload, secret, out var message, out var fault))
                {
                    about.Type = message.Type;
                    about.Assigned = message switch
                    {
                        ControlMessage.Icrq m => m.AssignedSessionId.Value,
                        ControlMessage.Icrp m => m.AssignedSessionId.Value,
                        ControlMessage.Cdn m => m.AssignedSessionId.Value,
                        _ => 0,
                    };
                }
                else (about.Type, about.Assigned) = (fault.Type, fault.AssignedSessionId.Value);
            }
        }
        var seen = new TracedMessage(tunnel, OurPort(node.Plane, tunnel.Flow), isSent, datagram.ToArray(), about.Ns, about.Session, about.Assigned, about.Type);
        foreach (var trace in all) trace.OnControl(seen);
    }

    /// <param name="frame">FF 03 first, as we send it.</param>
    public void PppSent(IDataPlane plane, CallEntry call, ReadOnlySpan<byte> frame)
    {
        if (PppFrameView.TryRead(frame, out var view, out _)) Ppp(plane, call, isSent: true, view.Protocol, view.Payload.ToArray());
    }

    /// <param name="payload">Nobody writes into it.</param>
    public void PppReceived(IDataPlane plane, CallEntry call, ushort protocol, byte[] payload) => Ppp(plane, call, isSent: false, protocol, payload);

    private void Ppp(IDataPlane plane, CallEntry call, bool isSent, ushort protocol, byte[] payload)
    {
        var port = OurPort(plane, call.Tunnel.Flow);
        foreach (var trace in all) trace.OnPpp(call, port, isSent, protocol, payload);
    }

    /// <param name="session">Acct-Session-Id.</param>
    public void Radius(string session, string server, IPEndPoint ours, IPEndPoint theirs, bool isSent, ReadOnlySpan<byte> packet)
    {
        var octets = packet.ToArray();
        foreach (var trace in all) trace.OnRadius(session, server, ours, theirs, isSent, octets);
    }

    public void Event(CallEntry call, string layer, string text)
    {
        foreach (var trace in all) trace.OnEvent(call, layer, text);
    }

    public void Gate(in PathKey path, string text)
    {
        foreach (var trace in all) trace.OnGate(path, text);
    }

    public void CallBegan(CallEntry call)
    {
        foreach (var trace in all) trace.OnCallBegan(call);
    }

    public void CallOver(CallEntry call, EndReason why)
    {
        foreach (var trace in all) trace.OnCallOver(call, $"over: {why}");
    }

    public void Tunnel(TracedTunnel tunnel, string text, bool isGone = false)
    {
        foreach (var trace in all) trace.OnTunnel(tunnel, text, isGone);
    }

    private static ushort OurPort(IDataPlane plane, in UdpFlow flow) =>
        plane.Listening is var all && flow.Listener < all.Count ? (ushort)all[flow.Listener].Port : (ushort)0;
}
