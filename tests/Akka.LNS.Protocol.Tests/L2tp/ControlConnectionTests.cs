using System.Collections.Immutable;
using Akka.LNS.Protocol.L2tp;
using Akka.LNS.Wire.L2tp;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.L2tp;

public class ControlConnectionTests
{
    private static readonly byte[] Entropy = new byte[ControlConnection.EntropyLength];
    private static readonly TunnelId Local = new(70), Peer = new(30);
    private static readonly Instant Start = new(0);
    private static readonly ControlConnectionSettings Settings = new();

    /// <summary>An LNS and the octets of a LAC, written by hand.</summary>
    private sealed class Lns
    {
        private ushort _ns;

        public Lns(ControlConnectionSettings? settings = null) =>
            State = ControlConnection.Listen(settings ?? Settings, Local, Entropy, Start).State;

        public ControlConnectionState State { get; private set; }
        public Instant Now { get; set; } = Start;

        public ImmutableArray<ConnectionEffect> On(ConnectionEvent ev)
        {
            (State, var effects) = ControlConnection.On(State, ev, Now);
            return effects;
        }

        public ImmutableArray<ConnectionEffect> Raw(byte[] datagram) => On(new ConnectionEvent.DatagramReceived(datagram));

        /// <summary>The next message of the LAC, which has acknowledged all.</summary>
        public ImmutableArray<ConnectionEffect> Get(ControlMessage message, SessionId session = default, TunnelId? tunnel = null) =>
            Raw(Octets(message, _ns++, session, tunnel));

        public byte[] Octets(ControlMessage message, ushort ns, SessionId session = default, TunnelId? tunnel = null)
        {
            var octets = message.Encode(tunnel ?? (message is ControlMessage.Sccrq ? default : Local), session, ns);
            L2tpControlHeader.WriteNr(octets, (ushort)State.Channel.NeverSent);
            return octets;
        }

        /// <summary>Up with a secret.</summary>
        public Lns UpWith(string secret)
        {
            var sccrp = Sent(Get(new ControlMessage.Sccrq("lac", Peer, 3)), out _).OfType<ControlMessage.Sccrp>().Single();
            var octets = System.Text.Encoding.UTF8.GetBytes(secret);
            Get(new ControlMessage.Scccn(TunnelAuthentication.Respond(MessageType.Scccn, octets, sccrp.Challenge.Span)));
            Assert.True(State.IsEstablished);
            return this;
        }

        public Lns Up()
        {
            Get(new ControlMessage.Sccrq("lac", Peer, 3) { ReceiveWindow = 16 });
            Assert.IsType<ConnectionEffect.Opened>(Get(new ControlMessage.Scccn())[0]);
            On(ConnectionEvent.Tick.Instance);
            return this;
        }
    }

    private static List<ControlMessage> Sent(ImmutableArray<ConnectionEffect> effects, out SessionId session)
    {
        var all = new List<ControlMessage>();
        session = default;
        foreach (var transmit in effects.OfType<ConnectionEffect.Transmit>())
        {
            Assert.True(L2tpHeaderView.TryRead(transmit.Message, out var header, out _));
            Assert.Equal(Peer, header.TunnelId);
            Assert.True(ControlMessage.TryParse(header.Payload, default, out var message, out _));
            session = header.SessionId;
            all.Add(message);
        }
        return all;
    }

    [Fact]
    public void Set_up_takes_sccrq_sccrp_scccn_and_reports_the_peer()
    {
        var lns = new Lns();
        var sccrp = Assert.IsType<ControlMessage.Sccrp>(
            Assert.Single(Sent(lns.Get(new ControlMessage.Sccrq("lac", Peer, 3) { ReceiveWindow = 16 }), out _)));
        Assert.Equal(Local, sccrp.AssignedTunnelId);
        var effects = lns.Get(new ControlMessage.Scccn());
        Assert.Equal(new PeerInfo(Peer, "lac", "", null, 3, null, 16), Assert.IsType<ConnectionEffect.Opened>(effects[0]).Peer);
        Assert.Equal((true, Peer, (ushort)16), (lns.State.IsEstablished, lns.State.PeerTunnelId, lns.State.Channel.PeerWindow));
    }

    [Fact]
    public void A_retransmitted_sccrq_gets_the_sccrp_again_and_nothing_more()
    {
        var lns = new Lns();
        var sccrq = new ControlMessage.Sccrq("lac", Peer, 3);
        var first = lns.Get(sccrq).OfType<ConnectionEffect.Transmit>().Single();
        Assert.Equal<ConnectionEffect>([new ConnectionEffect.Dropped(L2tpError.Duplicate), first],
            lns.Raw(sccrq.Encode(default, default, 0)));
    }

    [Fact]
    public void A_retransmitted_message_of_a_lac_that_has_answered_is_acknowledged_again_and_nothing_more()
    {
        var lns = new Lns().Up();
        Assert.Equal<ConnectionEffect>([new ConnectionEffect.Dropped(L2tpError.Duplicate), new ConnectionEffect.Acknowledge(Peer, 1, 2)],
            lns.Raw(lns.Octets(new ControlMessage.Scccn(), 1)));
    }

    [Fact]
    public void A_message_for_another_tunnel_is_counted_and_changes_nothing()
    {
        var lns = new Lns().Up();
        var before = lns.State;
        foreach (var tunnel in new TunnelId[] { new(71), default })
            Assert.Equal<ConnectionEffect>([new ConnectionEffect.Dropped(L2tpError.WrongTunnel)],
                lns.Raw(lns.Octets(new ControlMessage.StopCcn(Peer, new ResultCode(1)), 2, tunnel: tunnel)));
        Assert.Equal(before, lns.State);
    }

    [Fact]
    public void Call_messages_come_in_order_with_their_session()
    {
        var lns = new Lns().Up();
        var icrq = new ControlMessage.Icrq(new(5), 1);
        Assert.Contains(new ConnectionEffect.CallMessageReceived(default, icrq), lns.Get(icrq));
        var effects = lns.On(new ConnectionEvent.SendCallMessage(new(6), new(5), new ControlMessage.Icrp(new(6))));
        Assert.Equal(new ControlMessage.Icrp(new(6)), Assert.Single(Sent(effects, out var session)));
        Assert.Equal(new SessionId(5), session);
        var iccn = new ControlMessage.Iccn(1, 1);
        Assert.Contains(new ConnectionEffect.CallMessageReceived(new(6), iccn), lns.Get(iccn, new(6)));
    }

    [Fact]
    public void Outgoing_calls_are_refused()
    {
        var lns = new Lns().Up();
        var effects = lns.Get(new ControlMessage.Ocrq(new(5), 1) { CalledNumber = "1" });
        var cdn = Assert.IsType<ControlMessage.Cdn>(Assert.Single(Sent(effects, out var session)));
        Assert.Equal((new SessionId(5), (ushort)5), (session, cdn.Result.Result));
        Assert.Empty(effects.OfType<ConnectionEffect.CallMessageReceived>());
    }

    [Fact]
    public void A_call_before_the_tunnel_is_refused_and_the_tunnel_lives()
    {
        var lns = new Lns();
        lns.Get(new ControlMessage.Sccrq("lac", Peer, 3));
        var cdn = Assert.IsType<ControlMessage.Cdn>(Assert.Single(Sent(lns.Get(new ControlMessage.Icrq(new(5), 1)), out _)));
        Assert.Equal(new ResultCode(2, 1, "the control connection is not established"), cdn.Result);
        Assert.IsType<TunnelState.WaitCtlConn>(lns.State.Tunnel);
    }

    [Fact, Trait("Rfc", "RFC2661-4.1-3")]
    public void An_unknown_mandatory_avp_ends_the_session_or_tunnel_of_its_message()
    {
        var lns = new Lns().Up();
        byte[] Broken(ControlMessage message, ushort ns, SessionId session)
        {
            byte[] octets = [.. lns.Octets(message, ns, session), 0x80, 6, 0, 0, 0, 200];
            octets[3] += 6;
            return octets;
        }
        var effects = lns.Raw(Broken(new ControlMessage.Icrq(new(5), 1), 2, default)); // no call yet: the answer is ours
        var cdn = Assert.IsType<ControlMessage.Cdn>(Assert.Single(Sent(effects, out var session)));
        Assert.Equal((new SessionId(5), (ushort)2, (ushort?)8), (session, cdn.Result.Result, cdn.Result.Error));
        effects = lns.Raw(Broken(new ControlMessage.Iccn(1, 1), 3, new(6)));
        var broken = Assert.Single(effects.OfType<ConnectionEffect.CallMessageBroken>());
        Assert.Equal((new SessionId(6), L2tpError.UnknownMandatoryAvp), (broken.Local, broken.Error));
        Assert.True(lns.State.IsEstablished);
        effects = lns.Raw(Broken(new ControlMessage.Hello(), 4, default));
        Assert.Equal((ushort)2, Assert.IsType<ControlMessage.StopCcn>(Assert.Single(Sent(effects, out _))).Result.Result);
        Assert.Single(effects.OfType<ConnectionEffect.Closed>());
    }

    [Fact, Trait("Rfc", "RFC2661-4.4.1-2")]
    public void An_unknown_message_is_acknowledged_and_ignored_or_ends_the_tunnel_by_its_m_bit()
    {
        var lns = new Lns().Up();
        var octets = lns.Octets(new ControlMessage.Unknown(99), 2);
        octets[12] = 0x00;
        Assert.Contains(new ConnectionEffect.Dropped(L2tpError.UnknownMessage), lns.Raw(octets));
        Assert.True(lns.State.IsEstablished && lns.State.Channel.Expected == 3);
        Assert.Single(lns.Raw(lns.Octets(new ControlMessage.Unknown(99), 3)).OfType<ConnectionEffect.Closed>());
    }

    [Fact, Trait("Rfc", "RFC2661-5.5-1")]
    public void Hello_goes_out_exactly_after_the_silence_and_its_answer_begins_a_new_one()
    {
        var lns = new Lns().Up();
        lns.Now += TimeSpan.FromSeconds(1);
        lns.On(ConnectionEvent.Tick.Instance); // pending acknowledgements are sent
        lns.Get(new ControlMessage.Hello());
        lns.Now += Settings.AckDelay;
        lns.On(ConnectionEvent.Tick.Instance);
        var due = ControlConnection.NextDeadline(lns.State)!.Value;
        Assert.Equal(Start + TimeSpan.FromSeconds(1) + Settings.HelloInterval, due);
        lns.Now = due - TimeSpan.FromTicks(1);
        Assert.Empty(lns.On(ConnectionEvent.Tick.Instance));
        lns.Now = due;
        Assert.IsType<ControlMessage.Hello>(Assert.Single(Sent(lns.On(ConnectionEvent.Tick.Instance), out _)));
        Assert.Equal(due + Settings.RetransmitInitial, ControlConnection.NextDeadline(lns.State)); // no second Hello, the channel asks
        var zlb = new byte[L2tpControlHeader.Length];
        L2tpControlHeader.WriteAcknowledgement(zlb, Local, 3, (ushort)lns.State.Channel.NeverSent);
        lns.Raw(zlb);
        Assert.Equal(due + Settings.HelloInterval, ControlConnection.NextDeadline(lns.State));
    }

    [Fact]
    public void Hello_intervals_differ_by_entropy_so_that_tunnels_do_not_synchronize()
    {
        var dues = new HashSet<long>();
        for (var i = 0; i < 256; i += 64)
        {
            var entropy = new byte[ControlConnection.EntropyLength];
            entropy[^1] = (byte)i;
            var state = new Lns().Up().State with { Entropy = new AvpOctets(entropy), Channel = new ControlChannel() };
            var due = ControlConnection.NextDeadline(state)!.Value - Start;
            Assert.InRange(due, Settings.HelloInterval * 7 / 8, Settings.HelloInterval);
            dues.Add(due.Ticks);
        }
        Assert.Equal(4, dues.Count);
    }

    [Fact, Trait("Rfc", "RFC2661-5.7-1")]
    public void A_stopped_tunnel_acknowledges_for_a_retransmission_cycle()
    {
        var lns = new Lns().Up();
        var stop = new ControlMessage.StopCcn(Peer, new ResultCode(6));
        var effects = lns.Get(stop);
        Assert.Equal(EndCause.TunnelStopped, Assert.Single(effects.OfType<ConnectionEffect.Closed>()).Why.Cause);
        Assert.IsType<ConnectionEffect.Acknowledge>(effects[^1]);
        lns.Now += TimeSpan.FromSeconds(15);
        Assert.IsType<ConnectionEffect.Acknowledge>(lns.Raw(lns.Octets(stop, 2))[^1]); // our acknowledgement was lost
        lns.Now = Start + Settings.ClosingLinger;
        Assert.Equal<ConnectionEffect>([ConnectionEffect.Finished.Instance], lns.On(ConnectionEvent.Tick.Instance));
        Assert.Null(ControlConnection.NextDeadline(lns.State));
        Assert.Empty(lns.Raw(lns.Octets(stop, 2)));
    }

    [Fact] // the machine no longer exists when an acknowledgement opens the window
    public void A_final_stopccn_does_not_wait_for_the_window()
    {
        var why = new EndReason(EndParty.Lns, EndLayer.Tunnel, EndCause.InternalError, "failed");
        var code = new ResultCode(ResultCode.StopCcn.GeneralError);
        Assert.Empty(ControlConnection.LastWords(new Lns().State, why, code, Start)); // no peer yet

        var begun = new Lns();
        begun.Get(new ControlMessage.Sccrq("lac", Peer, 3) { ReceiveWindow = 1 });
        Assert.Collection(Sent([.. ControlConnection.LastWords(begun.State, why, code, Start)], out _),
            static m => Assert.IsType<ControlMessage.Sccrp>(m), m => Assert.Equal(code, Assert.IsType<ControlMessage.StopCcn>(m).Result));

        var busy = new Lns().Up();
        for (ushort i = 1; i <= 50; i++) busy.On(new ConnectionEvent.SendCallMessage(new(i), new(i), new ControlMessage.Icrp(new(i))));
        var onTheirWay = busy.State.Channel.Outstanding;
        var words = Sent([.. ControlConnection.LastWords(busy.State, why, code, Start)], out _);
        Assert.Equal(onTheirWay + 1, words.Count); // messages that were never sent are dropped: they would delay it
        Assert.IsType<ControlMessage.StopCcn>(words[^1]);
    }

    [Fact]
    public void Our_stopccn_overtakes_waiting_messages_and_finishes_when_acknowledged()
    {
        var lns = new Lns().Up();
        for (ushort i = 1; i <= 50; i++) lns.On(new ConnectionEvent.SendCallMessage(new(i), new(i), new ControlMessage.Icrp(new(i))));
        var sent = lns.State.Channel.NeverSent;
        var why = new EndReason(EndParty.Lns, EndLayer.Node, EndCause.Shutdown, "stop");
        Assert.Contains(new ConnectionEffect.Closed(why), lns.On(new ConnectionEvent.CloseRequested(why, new ResultCode(6))));
        Assert.Equal(sent + 1, lns.State.Channel.FirstUnacked + lns.State.Channel.Messages.Count);
        var zlb = new byte[L2tpControlHeader.Length];
        while (!lns.State.IsFinished)
        {
            L2tpControlHeader.WriteAcknowledgement(zlb, Local, 2, (ushort)lns.State.Channel.NeverSent);
            lns.Raw([.. zlb]);
        }
        Assert.Empty(lns.On(new ConnectionEvent.SendCallMessage(new(1), new(1), new ControlMessage.Hello())));
    }

    [Fact]
    public void A_peer_that_never_acknowledges_is_given_up_and_its_calls_end_once()
    {
        var lns = new Lns().Up();
        lns.On(new ConnectionEvent.SendCallMessage(new(1), new(1), new ControlMessage.Icrp(new(1))));
        var closed = 0;
        while (ControlConnection.NextDeadline(lns.State) is { } due)
        {
            lns.Now = due;
            closed += lns.On(ConnectionEvent.Tick.Instance).OfType<ConnectionEffect.Closed>().Count();
        }
        Assert.Equal((1, true, 5L), (closed, lns.State.IsFinished, lns.State.Channel.Retransmits));
        Assert.Equal(TimeSpan.FromSeconds(1 + 2 + 4 + 8 + 8 + 8), lns.Now - Start);
    }

    [Fact]
    public void A_listener_that_receives_no_sccrq_finishes()
    {
        var lns = new Lns { Now = Start + Settings.SetupTimeout };
        var effects = lns.On(ConnectionEvent.Tick.Instance);
        Assert.Equal(EndCause.SetupTimeout, Assert.IsType<ConnectionEffect.Closed>(effects[0]).Why.Cause);
        Assert.Equal(ConnectionEffect.Finished.Instance, effects[^1]);
    }

    [Fact]
    public void Settings_never_print_the_secret() =>
        Assert.DoesNotContain("hush", new Lns(new() { Secret = "hush" }).State.ToString(), StringComparison.Ordinal);

    [Fact] // laws: no datagram of a peer causes an exception; the end is reported once; nothing is sent after Finished
    public void Any_datagrams_never_throw_and_the_end_is_reported_once() =>
        Gen.Select(Gen.Byte[0, 20], Gen.Byte[0, 4], Gen.Byte.Array[0, 40], Gen.Bool).Array[1, 40].Sample(script =>
        {
            var lns = new Lns().Up();
            var (closed, finished) = (0, 0);
            foreach (var (type, skew, tail, whole) in script)
            {
                ImmutableArray<ConnectionEffect> effects;
                if (whole)
                {
                    byte[] octets = [.. new byte[12], 0x80, 8, 0, 0, 0, 0, 0, type, .. tail];
                    L2tpControlHeader.Write(octets, (ushort)octets.Length, Local, new(type),
                        (ushort)(lns.State.Channel.Expected + skew - 1), (ushort)lns.State.Channel.NeverSent);
                    effects = lns.Raw(octets);
                }
                else if (skew == 0) effects = lns.On(ConnectionEvent.Tick.Instance);
                else effects = lns.Raw(tail);
                if (finished > 0 && !effects.IsEmpty) return false;
                closed += effects.OfType<ConnectionEffect.Closed>().Count();
                finished += effects.OfType<ConnectionEffect.Finished>().Count();
                if (closed > 1 || finished > 1 || finished > closed) return false;
                lns.Now += TimeSpan.FromSeconds(skew);
            }
            return true;
        }, iter: 5_000);

    private static int OctetsOf(ImmutableArray<ConnectionEffect> effects) => effects.Sum(static e => e switch
    {
        ConnectionEffect.Transmit t => t.Message.Length,
        ConnectionEffect.Acknowledge => L2tpControlHeader.Length,
        _ => 0,
    });

    [Theory, InlineData("a", 1), InlineData("a-lac-with-a-name-of-a-usual-length.example.net", 1), InlineData("a", 3)]
    public void Address_that_has_not_answered_gets_at_most_3_datagrams_and_3_times_the_octets(string hostName, int times)
    {
        var lns = new Lns(Settings with { HostName = new string('l', 64), Secret = "secret" });
        var sccrq = lns.Octets(new ControlMessage.Sccrq(hostName, Peer, 3) { Challenge = new AvpOctets([1]) }, 0);
        var sent = new List<ConnectionEffect>();
        for (var i = 0; i < times; i++) sent.AddRange(lns.Raw(sccrq));
        while (ControlConnection.NextDeadline(lns.State) is { } due)
        {
            lns.Now = due;
            sent.AddRange(lns.On(ConnectionEvent.Tick.Instance));
        }
        Assert.Equal(EndCause.SetupTimeout, sent.OfType<ConnectionEffect.Closed>().Single().Why.Cause);
        var datagrams = sent.Where(static e => e is ConnectionEffect.Transmit or ConnectionEffect.Acknowledge).ToImmutableArray();
        Assert.InRange(datagrams.Length, 1, 3 * times);
        Assert.InRange(OctetsOf(datagrams), 1, 3 * times * sccrq.Length);
        Assert.IsType<ConnectionEffect.Finished>(sent[^1]); // no StopCCN goes to an address that may be forged
    }

    [Fact]
    public void Lac_that_acknowledges_the_sccrp_has_answered_and_gets_a_stopccn_when_its_scccn_is_late()
    {
        var lns = new Lns(Settings with { Secret = "secret" });
        lns.Get(new ControlMessage.Sccrq("lac", Peer, 3));
        var zlb = new byte[L2tpControlHeader.Length];
        L2tpControlHeader.WriteAcknowledgement(zlb, Local, 1, 1);
        lns.Raw(zlb);
        Assert.Null(lns.State.Budget);
        lns.Now = Start + Settings.SetupTimeout;
        var effects = lns.On(ConnectionEvent.Tick.Instance);
        Assert.Contains("the secrets may differ", effects.OfType<ConnectionEffect.Closed>().Single().Why.Text, StringComparison.Ordinal);
        Assert.IsType<ControlMessage.StopCcn>(Assert.Single(Sent(effects, out _)));
    }

    [Theory, InlineData(4, ""), InlineData(2, "Challenge Failed"), InlineData(2, "Invalid AUTHentication")]
    public void Stopccn_of_a_lac_that_does_not_accept_our_secret_says_so_at_once(ushort result, string text)
    {
        var lns = new Lns(Settings with { Secret = "secret" });
        lns.Get(new ControlMessage.Sccrq("lac", Peer, 3) { Challenge = new AvpOctets([1, 2]) });
        var why = lns.Get(new ControlMessage.StopCcn(Peer, new ResultCode(result, null, text)))
            .OfType<ConnectionEffect.Closed>().Single().Why;
        Assert.Equal((EndCause.TunnelAuthenticationFailed, EndParty.Peer), (why.Cause, why.By));
        Assert.Contains("does not accept our tunnel secret", why.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Stopccn_for_another_reason_is_no_matter_of_the_secret()
    {
        var lns = new Lns(Settings with { Secret = "secret" });
        lns.Get(new ControlMessage.Sccrq("lac", Peer, 3) { Challenge = new AvpOctets([1, 2]) });
        Assert.Equal(EndCause.TunnelStopped, lns.Get(new ControlMessage.StopCcn(Peer, new ResultCode(6, null, "shutting down")))
            .OfType<ConnectionEffect.Closed>().Single().Why.Cause);
        lns = new Lns(Settings with { Secret = "secret" });
        Assert.Equal(EndCause.TunnelStopped, lns.UpWith("secret").Get(new ControlMessage.StopCcn(Peer, new ResultCode(4)))
            .OfType<ConnectionEffect.Closed>().Single().Why.Cause); // it had accepted it
    }

    [Fact]
    public void Probed_tunnel_whose_lac_is_gone_ends_in_seconds_and_says_that_the_lac_restarted()
    {
        var lns = new Lns().Up();
        lns.Now = Start + TimeSpan.FromSeconds(3);
        Assert.IsType<ControlMessage.Hello>(Assert.Single(Sent(lns.On(ConnectionEvent.ProbeRequested.Instance), out _)));
        ConnectionEffect.Closed? closed = null;
        while (closed is null)
        {
            lns.Now = ControlConnection.NextDeadline(lns.State)!.Value;
            closed = lns.On(ConnectionEvent.Tick.Instance).OfType<ConnectionEffect.Closed>().SingleOrDefault();
        }
        Assert.Equal(TimeSpan.FromSeconds(3 + 7), lns.Now - Start);
        Assert.Equal(EndCause.TunnelTimeout, closed.Why.Cause);
        Assert.StartsWith("the LAC restarted", closed.Why.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Probed_tunnel_whose_lac_answers_goes_on_with_its_usual_patience()
    {
        var lns = new Lns().Up();
        lns.On(ConnectionEvent.ProbeRequested.Instance);
        Assert.Empty(lns.On(ConnectionEvent.ProbeRequested.Instance)); // one Hello at a time
        lns.Get(new ControlMessage.Hello()); // acknowledges ours
        Assert.False(lns.State.Channel.IsProbing);
        lns.On(new ConnectionEvent.SendCallMessage(new(6), new(5), new ControlMessage.Icrp(new(6))));
        lns.Now = Start + TimeSpan.FromSeconds(20); // longer than a probe may take
        lns.On(ConnectionEvent.Tick.Instance);
        Assert.True(lns.State.IsEstablished);
    }

    [Fact, Trait("Rfc", "RFC2661-5.5-1")]
    public void Data_counts_as_life()
    {
        var lns = new Lns(Settings with { AckDelay = TimeSpan.Zero }).Up();
        var due = ControlConnection.HelloAt(lns.State)!.Value;
        var data = due - TimeSpan.FromSeconds(1);
        lns.Now = due;
        Assert.Empty(lns.On(new ConnectionEvent.DataSeen(data)));
        Assert.Empty(lns.On(ConnectionEvent.Tick.Instance));
        Assert.Equal(due - Start, ControlConnection.HelloAt(lns.State)!.Value - data);
        lns.On(new ConnectionEvent.DataSeen(Start)); // older than what is known
        Assert.Equal(data, lns.State.LastHeardAt);
        lns.Now = ControlConnection.HelloAt(lns.State)!.Value;
        Assert.IsType<ControlMessage.Hello>(Assert.Single(Sent(lns.On(ConnectionEvent.Tick.Instance), out _)));
    }

    [Fact]
    public void Send_queue_is_bounded_and_the_tunnel_ends_with_the_reason()
    {
        var lns = new Lns(Settings with { SendQueue = 100 }).Up();
        ConnectionEffect.Closed? closed = null;
        for (var i = 0; i < 120_000; i++)
        {
            closed ??= lns.On(new ConnectionEvent.SendCallMessage(new(6), new(5), new ControlMessage.Icrp(new(6))))
                .OfType<ConnectionEffect.Closed>().SingleOrDefault();
            Assert.InRange(lns.State.Channel.Messages.Count, 0, 100);
        }
        Assert.Equal("the peer acknowledges too slowly: 100 control messages wait", closed?.Why.Text);
        Assert.IsType<TunnelState.Stopping>(lns.State.Tunnel);
    }

    [Fact]
    public void Lac_that_hardly_acknowledges_loses_its_tunnel_when_a_message_has_waited_too_long()
    {
        var lns = new Lns(Settings with { HelloInterval = TimeSpan.Zero }).Up();
        for (var i = 0; i < 40; i++) lns.On(new ConnectionEvent.SendCallMessage(new(6), new(5), new ControlMessage.Icrp(new(6))));
        ConnectionEffect.Closed? closed = null;
        var zlb = new byte[L2tpControlHeader.Length];
        for (var seconds = 1; closed is null; seconds++) // it acknowledges one message in five seconds
        {
            lns.Now = Start + TimeSpan.FromSeconds(seconds);
            L2tpControlHeader.WriteAcknowledgement(zlb, Local, 2, (ushort)(1 + (seconds / 5)));
            lns.Raw(zlb.ToArray());
            closed = lns.On(ConnectionEvent.Tick.Instance).OfType<ConnectionEffect.Closed>().SingleOrDefault();
        }
        Assert.Equal(ControlChannel.MaxWait + TimeSpan.FromSeconds(5), lns.Now - Start); // from the first acknowledgement on
        Assert.StartsWith("the peer acknowledges too slowly", closed.Why.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_messages_at_once_wait_for_a_slow_lac_and_its_tunnel_lives()
    {
        var lns = new Lns().Up();
        for (var i = 0; i < 9000; i++) lns.On(new ConnectionEvent.SendCallMessage(new(6), new(5), new ControlMessage.Icrp(new(6))));
        var zlb = new byte[L2tpControlHeader.Length];
        for (var i = 1; lns.State.Channel.Messages.Count > 0; i++) // 16 messages in each round trip of 100 ms
        {
            lns.Now = Start + TimeSpan.FromMilliseconds(100 * i);
            L2tpControlHeader.WriteAcknowledgement(zlb, Local, 2, (ushort)lns.State.Channel.NeverSent);
            lns.Raw(zlb.ToArray());
            lns.On(ConnectionEvent.Tick.Instance);
            Assert.True(lns.State.IsEstablished);
        }
    }

    [Fact, Trait("Rfc", "RFC2661-4.4.4-1")]
    public void Cdn_of_a_refused_call_has_an_assigned_session_id()
    {
        var lns = new Lns().Up();
        var effects = lns.Get(new ControlMessage.Ocrq(new(5), 1) { CalledNumber = "1" });
        var cdn = Assert.IsType<ControlMessage.Cdn>(Assert.Single(Sent(effects, out _)));
        Assert.Equal(ControlConnection.RefusedCall, cdn.AssignedSessionId);
        Assert.False(cdn.AssignedSessionId.IsZero);
    }
}
