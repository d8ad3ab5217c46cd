using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>One subscriber's session: address, forwarding, limits, accounting, changes by CoA. No clock, no I/O, no Akka.</summary>
/// <remarks>
/// The end has three steps. Closing: the link closes. Ending: the data plane has given its final answer, and the shell stops. Ended:
/// everything is given back. A shell that fails skips to the last step from any state.
/// </remarks>
public static class SubscriberSession
{
    private static readonly EndReason LinkFailed =
        new(EndParty.Lns, EndLayer.Link, EndCause.InternalError, "exception in the actor of the link");

    private static readonly EndReason ShellFailed =
        new(EndParty.Lns, EndLayer.Bundle, EndCause.InternalError, "exception in the actor of the bundle");

    /// <param name="random">From 0 to 1: the share of the jitter by which an Interim-Update that is scheduled now comes earlier.</param>
    public static Transition<SubscriberState, SubscriberEffect> On(
        SubscriberState state, SubscriberEvent ev, Instant now, in SubscriberPolicy policy, double random) => (state, ev) switch
        {
            (SubscriberState.Ended, _) => new(state),
            (SubscriberState.Ending e, SubscriberEvent.Stopped s) => GiveBack(e.Of, e.Why, now, s.Counters, failed: false),
            (SubscriberState.Ending, _) => new(state),
            (SubscriberState.Closing c, SubscriberEvent.Stopped s) => GiveBack(c.Of, ShellFailed, now, s.Counters, failed: true),
            (_, SubscriberEvent.Stopped s) => GiveBack(state, ShellFailed, now, s.Counters, failed: true),
            (_, SubscriberEvent.LinkFailed) => new(state, new SubscriberEffect.StopForwarding(LinkFailed)),
            (SubscriberState.Closing c, _) => WhileClosing(c, ev, now, policy, random),
            (_, SubscriberEvent.CloseRequested c) => Close(state, c.Why),
            (_, SubscriberEvent.ForwardingStopped { Why: { } why } s) => End(state, why, s.Counters, now, policy, random),
            (_, SubscriberEvent.ForwardingFailed f) =>
                Close(WithoutOrder(state), new EndReason(EndParty.Lns, EndLayer.DataPlane, EndCause.DataPlaneFailed, f.Why)),

            (SubscriberState.Idle i, SubscriberEvent.Started) => Start(i.Profile, now + policy.AddressTimeout),
            (SubscriberState.WaitingForAddress w, SubscriberEvent.AddressGiven g) => new(
                new SubscriberState.Negotiating(w.Profile, g.Address, Mtu: 0), new SubscriberEffect.StartNetwork(g.Address)),
            (SubscriberState.WaitingForAddress w, SubscriberEvent.AddressRefused r) => Refuse(w, r.Why),
            (SubscriberState.WaitingForAddress w, SubscriberEvent.Tick) when now >= w.GiveUpAt =>
                Refuse(w, "no answer from the address pools in time"),

            (SubscriberState.Negotiating n, SubscriberEvent.NetworkOpened o) => StartForwarding(n, policy.MtuOf(n.Profile, o.PeerMru)),
            // the answer to an order that was taken back: the data plane did forward, so the time counts
            (SubscriberState.Negotiating n, SubscriberEvent.ForwardingStarted) =>
                TurnOn(n, n.Address, n.Mtu, ForwardingPhase.Stopping, now, policy, random),

            (SubscriberState.WaitingForForwarding w, SubscriberEvent.ForwardingStarted) =>
                TurnOn(w, w.Address, w.Mtu, ForwardingPhase.Up, now, policy, random),
            (SubscriberState.WaitingForForwarding, SubscriberEvent.NetworkClosed) =>
                new(WithoutOrder(state), new SubscriberEffect.StopForwarding(null)),

            (SubscriberState.On o, SubscriberEvent.NetworkOpened n) => Restart(o, policy.MtuOf(o.Profile, n.PeerMru)),
            (SubscriberState.On, SubscriberEvent.NetworkClosed) => new(WithoutOrder(state), new SubscriberEffect.StopForwarding(null)),
            (SubscriberState.On o, SubscriberEvent.ForwardingStarted) => new(
                o with { Forwarding = o.Forwarding == ForwardingPhase.Down ? ForwardingPhase.Stopping : ForwardingPhase.Up },
                new SubscriberEffect.InterfaceUp(o.Address, o.Mtu)),
            (SubscriberState.On o, SubscriberEvent.ForwardingStopped s) => Pause(o, s.Counters),
            (SubscriberState.On o, SubscriberEvent.ChangeRequested c) => Change(o, c, now, policy, random),
            (SubscriberState.On o, SubscriberEvent.Tick t) => Tick(o, t.Counters, now, policy, random),
            _ => new(state), // a tick too early, an answer that is out of date, a change before the user is on
        };

    /// <summary>When <see cref="On"/> wants its next Tick; null: never.</summary>
    public static Instant? NextDeadline(SubscriberState state) => state switch
    {
        SubscriberState.WaitingForAddress w => w.GiveUpAt,
        SubscriberState.On o => Instant.Earliest(Instant.Earliest(o.EndsAt, o.IdleCheckAt), o.NextInterimAt),
        SubscriberState.Closing { Of: SubscriberState.On o } => o.NextInterimAt,
        _ => null,
    };

    private static Transition<SubscriberState, SubscriberEffect> Start(SubscriberProfile profile, Instant giveUpAt) => new(
        new SubscriberState.WaitingForAddress(profile, giveUpAt),
        profile.AddressChoice == FramedAddressChoice.Fixed
            ? new SubscriberEffect.ReserveAddress(profile.FramedIpAddress) : SubscriberEffect.LeaseAddress.Instance);

    private static Transition<SubscriberState, SubscriberEffect> Close(SubscriberState state, EndReason why) =>
        new(new SubscriberState.Closing(why, WithoutLimits(state)), new SubscriberEffect.CloseLink(why));

    private static Transition<SubscriberState, SubscriberEffect> Refuse(SubscriberState.WaitingForAddress state, string text)
    {
        var why = new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.NoAddress, text);
        return new(new SubscriberState.Closing(why, state), new SubscriberEffect.NoAddress(text), new SubscriberEffect.CloseLink(why));
    }

    /// <summary>Forwarding and accounting go on until the link is gone; new requests have no effect.</summary>
    private static Transition<SubscriberState, SubscriberEffect> WhileClosing(
        SubscriberState.Closing closing, SubscriberEvent ev, Instant now, in SubscriberPolicy policy, double random)
    {
        switch (ev)
        {
            case SubscriberEvent.CloseRequested or SubscriberEvent.ChangeRequested:
            case SubscriberEvent.AddressGiven or SubscriberEvent.AddressRefused:
            case SubscriberEvent.Tick when closing.Of is not SubscriberState.On:
                return new(closing);
            case SubscriberEvent.ForwardingStopped { Why: not null } s:
                return End(closing.Of, closing.Why, s.Counters, now, policy, random);
            case SubscriberEvent.ForwardingFailed: return new(closing with { Of = WithoutOrder(closing.Of) });
            default:
                var (next, effects) = On(closing.Of, ev, now, policy, random);
                return new(ReferenceEquals(next, closing.Of) ? closing : closing with { Of = WithoutLimits(next) }, effects);
        }
    }

    private static SubscriberState WithoutLimits(SubscriberState state) =>
        state is SubscriberState.On { EndsAt: not null } or SubscriberState.On { IdleCheckAt: not null }
            ? (SubscriberState.On)state with { EndsAt = null, IdleCheckAt = null } : state;

    /// <summary>The state after the order to forward was taken back or failed.</summary>
    private static SubscriberState WithoutOrder(SubscriberState state) => state switch
    {
        SubscriberState.WaitingForForwarding w => new SubscriberState.Negotiating(w.Profile, w.Address, w.Mtu),
        SubscriberState.On { Forwarding: ForwardingPhase.Starting } o => o with { Forwarding = ForwardingPhase.Down },
        SubscriberState.On { Forwarding: ForwardingPhase.Up } o => o with { Forwarding = ForwardingPhase.Stopping },
        _ => state,
    };

    private static Transition<SubscriberState, SubscriberEffect> StartForwarding(SubscriberState.Negotiating state, int mtu) => new(
        new SubscriberState.WaitingForForwarding(state.Profile, state.Address, mtu),
        new SubscriberEffect.StartForwarding(state.Address, mtu));

    private static Transition<SubscriberState, SubscriberEffect> Restart(SubscriberState.On on, int mtu) => new(
        on with
        {
            Mtu = mtu,
            Forwarding = on.Forwarding is ForwardingPhase.Stopping or ForwardingPhase.Up ? ForwardingPhase.Up : ForwardingPhase.Starting,
        },
        new SubscriberEffect.StartForwarding(on.Address, mtu));

    private static SubscriberState.On NewSession(
        SubscriberState state, Ipv4Address address, int mtu, ForwardingPhase forwarding, TrafficCounters counters, Instant now,
        in SubscriberPolicy policy, double random) =>
        new(state.Profile, address, mtu, forwarding, now, counters,
            now + policy.SessionLimit(state.Profile), now + policy.IdleLimit(state.Profile),
            NextInterim(state.Profile, now, policy, random));

    private static Transition<SubscriberState, SubscriberEffect> TurnOn(
        SubscriberState state, Ipv4Address address, int mtu, ForwardingPhase forwarding, Instant now,
        in SubscriberPolicy policy, double random) => new(
        NewSession(state, address, mtu, forwarding, default, now, policy, random),
        new SubscriberEffect.InterfaceUp(address, mtu), new SubscriberEffect.UserOn(address, mtu));

    /// <summary>Forwarding stopped, and the network restarts.</summary>
    private static Transition<SubscriberState, SubscriberEffect> Pause(SubscriberState.On on, TrafficCounters counters)
    {
        var next = on with { Counters = on.Counters.Latest(counters) };
        var down = new SubscriberEffect.InterfaceDown(on.Address);
        return on.Forwarding switch
        {
            ForwardingPhase.Up => new(next with { Forwarding = ForwardingPhase.Starting }, down),
            ForwardingPhase.Stopping => new(next with { Forwarding = ForwardingPhase.Down }, down),
            _ => new(next),
        };
    }

    /// <summary>Forwarding stopped because the link is gone.</summary>
    private static Transition<SubscriberState, SubscriberEffect> End(
        SubscriberState state, EndReason why, TrafficCounters counters, Instant now, in SubscriberPolicy policy, double random)
    {
        switch (state)
        {
            case SubscriberState.On on:
                var ending = new SubscriberState.Ending(
                    why, on with { Forwarding = ForwardingPhase.Down, Counters = on.Counters.Latest(counters) });
                return on.Forwarding is ForwardingPhase.Up or ForwardingPhase.Stopping
                    ? new(ending, new SubscriberEffect.InterfaceDown(on.Address), SubscriberEffect.Stop.Instance)
                    : new(ending, SubscriberEffect.Stop.Instance);
            case SubscriberState.WaitingForForwarding w: // both sides had agreed: a zero-duration session
                return new(
                    new SubscriberState.Ending(why, NewSession(w, w.Address, w.Mtu, ForwardingPhase.Down, counters, now, policy, random)),
                    new SubscriberEffect.UserOn(w.Address, w.Mtu), SubscriberEffect.Stop.Instance);
            default:
                return new(new SubscriberState.Ending(why, state), SubscriberEffect.Stop.Instance);
        }
    }

    /// <summary>The last step, from any state. The address comes after forwarding, so that its next owner finds the path closed.</summary>
    /// <param name="failed">The link must still be closed.</param>
    private static Transition<SubscriberState, SubscriberEffect> GiveBack(
        SubscriberState state, EndReason why, Instant now, TrafficCounters? counters, bool failed)
    {
        var effects = new EffectBuffer<SubscriberEffect>();
        var on = state as SubscriberState.On;
        if (state is SubscriberState.WaitingForForwarding || on?.Forwarding is ForwardingPhase.Starting or ForwardingPhase.Up)
            effects.Add(new SubscriberEffect.StopForwarding(why));
        if (on is not null)
        {
            if (on.Forwarding is ForwardingPhase.Up or ForwardingPhase.Stopping)
                effects.Add(new SubscriberEffect.InterfaceDown(on.Address));
            var final = counters is { } last ? on.Counters.Latest(last) : on.Counters;
            effects.Add(new SubscriberEffect.UserOff(on.Address, why, now - on.Since, final));
        }
        effects.Add(SubscriberEffect.ReleaseAddress.Instance);
        if (failed) effects.Add(new SubscriberEffect.CloseLink(why));
        return new(new SubscriberState.Ended(state.Profile, why), effects.ToImmutable());
    }

    private static Instant? NextInterim(SubscriberProfile profile, Instant now, in SubscriberPolicy policy, double random) =>
        policy.InterimOf(profile) is { } interval ? InterimSchedule.Next(now, interval, policy.InterimJitter, random) : null;

    private static SubscriberEffect.Interim Interim(SubscriberState.On on, Instant now) => new(now - on.Since, on.Counters);

    /// <summary>
    /// A limit that the request names begins again; the others go on. New classes are accounted at once, so that the servers have them.
    /// </summary>
    private static Transition<SubscriberState, SubscriberEffect> Change(
        SubscriberState.On on, SubscriberEvent.ChangeRequested request, Instant now, in SubscriberPolicy policy, double random)
    {
        var what = request.What;
        var profile = what.ApplyTo(on.Profile);
        var next = on with
        {
            Profile = profile,
            EndsAt = what.SessionTimeout is null ? on.EndsAt
                : profile.SessionTimeout is { } limit ? now + limit : on.Since + policy.SessionLimit(profile),
            IdleCheckAt = what.IdleTimeout is null ? on.IdleCheckAt : now + policy.IdleLimit(profile),
            NextInterimAt = what.AcctInterimInterval is null ? on.NextInterimAt : NextInterim(profile, now, policy, random),
        };
        if (what.Classes is not { } classes) return new(next, new SubscriberEffect.ConfirmChange(request.Request));
        if (request.Counters is { } counters) next = next with { Counters = on.Counters.Latest(counters) };
        return new(
            next, new SubscriberEffect.ChangeClasses(classes), Interim(next, now), new SubscriberEffect.ConfirmChange(request.Request));
    }

    private static Transition<SubscriberState, SubscriberEffect> Tick(
        SubscriberState.On on, TrafficCounters? read, Instant now, in SubscriberPolicy policy, double random)
    {
        var next = on;
        var effects = new EffectBuffer<SubscriberEffect>();
        EndReason? why = null;
        if (next.EndsAt <= now) why = SessionLimitReached(on, now);
        else if (next.IdleCheckAt <= now) (next, why) = CheckIdle(next, read, now, policy);
        if (why is not null) effects.Add(new SubscriberEffect.CloseLink(why));
        if (next.NextInterimAt <= now)
        {
            next = next with
            {
                Counters = read is { } counters ? on.Counters.Latest(counters) : on.Counters,
                NextInterimAt = NextInterim(on.Profile, now, policy, random),
            };
            effects.Add(Interim(next, now));
        }
        return new(why is null ? next : new SubscriberState.Closing(why, WithoutLimits(next)), effects.ToImmutable());
    }

    private static EndReason SessionLimitReached(SubscriberState.On on, Instant now) => new(
        on.Profile.SessionTimeout is null ? EndParty.Lns : EndParty.Radius, EndLayer.Bundle, EndCause.SessionTimeout,
        $"session limit of {(long)(now - on.Since).TotalSeconds} s reached");

    private static (SubscriberState.On Next, EndReason? Why) CheckIdle(
        SubscriberState.On on, TrafficCounters? read, Instant now, in SubscriberPolicy policy)
    {
        if (policy.IdleLimit(on.Profile) is not { } limit) return (on with { IdleCheckAt = null }, null);
        if (read is not { } counters) return (on with { IdleCheckAt = now + limit }, null);
        var quiet = now - counters.LastActivity;
        return quiet < limit
            ? (on with { IdleCheckAt = now + (limit - quiet) }, null)
            : (on, new EndReason(EndParty.Lns, EndLayer.Bundle, EndCause.IdleTimeout, $"no packet for {(long)quiet.TotalSeconds} s"));
    }
}
