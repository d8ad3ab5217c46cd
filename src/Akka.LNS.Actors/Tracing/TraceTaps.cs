using System.Net;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Ppp.Authentication;
using Akka.LNS.Protocol.Ppp.Ncp;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.L2tp;
using Akka.LNS.Wire.Ppp;

namespace Akka.LNS.Actors.Tracing;

/// <summary>
/// Passes events and effects from the shells to the running traces: the events for a machine, and the effects that the shell runs. A tap
/// returns at once, also when a reader is slow.
/// </summary>
internal sealed class TraceTaps(Trace[] all, IDataPlane plane)
{
    public Trace[] All => all;

    // ---- tunnel -------------------------------------------------------------------------------------------------------

    public void Control(TracedTunnel tunnel, bool isSent, ReadOnlySpan<byte> datagram)
    {
        var seen = TracedMessage.Read(tunnel, OurPort(tunnel.Flow), isSent, datagram);
        foreach (var trace in all) trace.OnControl(seen);
    }

    public void TunnelUp(TracedTunnel tunnel, TunnelId peer) => Tunnel(tunnel, $"up: tunnel {tunnel.Id}, peer tunnel {peer.Value}");
    public void TunnelDown(TracedTunnel tunnel, EndReason why) => Tunnel(tunnel, $"down: {why}");
    public void TunnelRefused(TracedTunnel tunnel, EndReason why) => Tunnel(tunnel, $"refused: {why}");
    public void TunnelGone(TracedTunnel tunnel) => Tunnel(tunnel, "gone", isGone: true);

    private void Tunnel(TracedTunnel tunnel, string text, bool isGone = false)
    {
        foreach (var trace in all) trace.OnTunnel(tunnel, text, isGone);
    }

    // ---- session ------------------------------------------------------------------------------------------------------

    public void CallBegan(CallEntry call)
    {
        foreach (var trace in all) trace.OnCallBegan(call);
    }

    public void CallOver(CallEntry call, EndReason why)
    {
        foreach (var trace in all) trace.OnCallOver(call, $"over: {why}");
    }

    public void Effect(CallEntry call, CallEffect effect)
    {
        if (effect is CallEffect.OpenPath) Line(call, TraceLayer.Session, "up");
    }

    // ---- link ---------------------------------------------------------------------------------------------------------

    /// <param name="by">Source that accepted the login.</param>
    public void Event(CallEntry call, LinkEvent ev, AccountingAuthentic by)
    {
        switch (ev)
        {
            case LinkEvent.FrameReceived f: Ppp(call, isSent: false, f.Protocol, f.Payload.Span); break;
            case LinkEvent.AuthenticationAccepted:
                Line(call, TraceLayer.Login, by == AccountingAuthentic.Local ? "accepted by local users" : "accepted by RADIUS");
                break;
        }
    }

    public void Phase(CallEntry call, LinkState from, LinkState to)
    {
        if (from.Phase != to.Phase) Line(call, TraceLayer.Link, $"{from.Phase} -> {to.Phase}");
    }

    public void Effect(CallEntry call, LinkEffect effect)
    {
        switch (effect)
        {
            case LinkEffect.SendFrame f: PppSent(call, f.Frame); break;
            case LinkEffect.Closing c: Line(call, TraceLayer.Link, $"closes: {c.Why}"); break;
            case LinkEffect.Ended e: Line(call, TraceLayer.Link, $"ended: {e.Why}"); break;
        }
    }

    /// <param name="step">Step that checks the login.</param>
    public void Login(CallEntry call, AuthenticationRequest request, LoginStep step)
    {
        Line(call, TraceLayer.Login, $"user '{request.UserName}' by {request.Method}");
        if (step == LoginStep.AskRadius) Line(call, TraceLayer.Login, "RADIUS is asked");
    }

    public void LoginRefused(CallEntry call, EndReason why) => Line(call, TraceLayer.Login, $"refused: {why}");

    // ---- bundle -------------------------------------------------------------------------------------------------------

    public void Event(CallEntry call, NetworkEvent ev)
    {
        if (ev is NetworkEvent.FrameReceived f) Ppp(call, isSent: false, f.Protocol, f.Payload.Span);
    }

    public void Effect(CallEntry call, NetworkEffect effect)
    {
        switch (effect)
        {
            case NetworkEffect.SendFrame f: PppSent(call, f.Frame); break;
            case NetworkEffect.Opened o: Line(call, TraceLayer.Bundle, $"{o.Protocol.Name} opened"); break;
            case NetworkEffect.Closed c: Line(call, TraceLayer.Bundle, $"{c.Protocol.Name} closed"); break;
        }
    }

    /// <param name="state">State after the event. A bundle that has ended closes nothing.</param>
    public void Effect(CallEntry call, SubscriberEffect effect, SubscriberState state)
    {
        switch (effect)
        {
            case SubscriberEffect.NoAddress n: Line(call, TraceLayer.Bundle, $"no address: {n.Why}"); break;
            case SubscriberEffect.StartNetwork s: Line(call, TraceLayer.Bundle, $"has address {s.Address}"); break;
            case SubscriberEffect.InterfaceUp u: Line(call, TraceLayer.Bundle, $"forwards, MTU {u.Mtu}"); break;
            case SubscriberEffect.CloseLink when state is SubscriberState.Ended: break;
            case SubscriberEffect.CloseLink c: Line(call, TraceLayer.Bundle, $"closes: {c.Why}"); break;
        }
    }

    // ---- data plane and RADIUS ----------------------------------------------------------------------------------------

    /// <param name="operation">One of <see cref="PathOperation"/>.</param>
    public void Path(in PathKey path, string operation, string outcome)
    {
        foreach (var trace in all) trace.OnGate(path, $"{operation}: {outcome}");
    }

    /// <param name="session">Acct-Session-Id.</param>
    public void Radius(string session, string server, IPEndPoint ours, IPEndPoint theirs, bool isSent, ReadOnlySpan<byte> packet)
    {
        var octets = packet.ToArray();
        foreach (var trace in all) trace.OnRadius(session, server, ours, theirs, isSent, octets);
    }

    /// <param name="frame">The frame as sent, with FF 03 in front.</param>
    private void PppSent(CallEntry call, ReadOnlySpan<byte> frame)
    {
        if (PppFrameView.TryRead(frame, out var view, out _)) Ppp(call, isSent: true, view.Protocol, view.Payload);
    }

    private void Ppp(CallEntry call, bool isSent, ushort protocol, ReadOnlySpan<byte> payload)
    {
        var (port, octets) = (OurPort(call.Tunnel.Flow), payload.ToArray());
        foreach (var trace in all) trace.OnPpp(call, port, isSent, protocol, octets);
    }

    private void Line(CallEntry call, TraceLayer layer, string text)
    {
        foreach (var trace in all) trace.OnEvent(call, layer, text);
    }

    private ushort OurPort(in UdpFlow flow) =>
        plane.Listening is var listening && flow.Listener < listening.Count ? (ushort)listening[flow.Listener].Port : (ushort)0;
}
