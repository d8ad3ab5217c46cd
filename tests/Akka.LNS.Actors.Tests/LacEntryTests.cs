using Akka.LNS.Actors.Inventory;
using Akka.LNS.Actors.Tests.Lab;
using Akka.LNS.Protocol;

namespace Akka.LNS.Actors.Tests;

/// <summary>Numbers of a LAC: failed set-ups, ended sessions, ends of the last minute and hour, restarts.</summary>
public class LacEntryTests
{
    private static readonly EndReason TimedOut = new(EndParty.Lns, EndLayer.Tunnel, EndCause.TunnelTimeout, "silent"),
        Stopped = new(EndParty.Peer, EndLayer.Tunnel, EndCause.TunnelStopped, "StopCCN"),
        Operator = new(EndParty.Administrator, EndLayer.Tunnel, EndCause.AdministrativeReset, "reload");

    private readonly LacEntry _lac = new("lac");

    private static Instant At(double seconds) => new(TimeSpan.FromDays(3).Ticks + TimeSpan.FromSeconds(seconds).Ticks);
    private static DateTimeOffset Utc(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);

    private void Up(double at) => _lac.TunnelUp(At(at), Utc(at));

    [Fact]
    public void Failed_set_ups_and_ended_sessions_are_two_numbers()
    {
        for (var i = 0; i < 3; i++) _lac.CountEnded(EndCause.AuthenticationFailed, wasUp: false, At(i));
        _lac.CountSetUp();
        _lac.CountEnded(EndCause.UserRequest, wasUp: true, At(4));
        var now = _lac.Read(At(5));
        Assert.Equal((1, 3, 1), (now.SetUps, now.SetUpsFailed, now.SessionsEnded));
        Assert.Equal((3, 1), (now.FailuresOfMinute, now.EndsOfMinute));
        Assert.Equal(((EndCause.AuthenticationFailed, 3), (EndCause.UserRequest, 1)), (now.TopFailure!.Value, now.TopEnd!.Value));
    }

    [Fact]
    public void Ends_per_minute_forget_what_is_older_than_a_minute()
    {
        for (var second = 0; second < 600; second++) _lac.CountEnded(EndCause.EchoTimeout, wasUp: true, At(second));
        Assert.InRange(_lac.Read(At(599)).EndsOfMinute, 56, 60);
        Assert.InRange(_lac.Read(At(629)).EndsOfMinute, 26, 31);
        Assert.Equal(0, _lac.Read(At(660)).EndsOfMinute);
        Assert.Equal(600, _lac.Read(At(660)).SessionsEnded);
    }

    [Fact]
    public void Most_frequent_cause_is_that_of_the_last_hour()
    {
        for (var i = 0; i < 50; i++) _lac.CountEnded(EndCause.TunnelTimeout, wasUp: true, At(i));
        for (var i = 0; i < 7; i++) _lac.CountEnded(EndCause.UserRequest, wasUp: true, At(1800 + i));
        Assert.Equal((EndCause.TunnelTimeout, 50), _lac.Read(At(1900)).TopEnd);
        Assert.Equal((EndCause.UserRequest, 7), _lac.Read(At(3700)).TopEnd);
        Assert.Null(_lac.Read(At(9000)).TopEnd);
        Assert.Null(_lac.Read(At(9000 + 86400)).TopFailure);
    }

    [Fact]
    public void First_tunnel_after_all_were_lost_is_a_restart()
    {
        Up(0);
        Assert.Null(_lac.Read(At(1)).LastRestart);
        _lac.TunnelDown(TimedOut, At(0), At(5));
        Assert.Null(_lac.Read(At(60)).LastRestart);
        Up(90);
        Assert.Equal(Utc(90), _lac.Read(At(91)).LastRestart);
        _lac.TunnelDown(Stopped, At(90), At(95));
        Up(200);
        Assert.Equal(Utc(200), _lac.Read(At(201)).LastRestart);
    }

    [Fact] // the LAC comes back before its old tunnel times out
    public void New_tunnel_while_the_old_one_is_silent_is_a_restart_when_the_old_one_is_lost()
    {
        Up(0);
        Up(60);
        Assert.Null(_lac.Read(At(61)).LastRestart);
        _lac.TunnelDown(TimedOut, At(0), heard: At(30));
        Assert.Equal(Utc(60), _lac.Read(At(90)).LastRestart);
    }

    [Theory]
    [InlineData(100)] // one of two tunnels is lost that both had been used
    [InlineData(61)]
    public void Loss_of_one_of_several_tunnels_is_no_restart(double heard)
    {
        Up(0);
        Up(60);
        _lac.TunnelDown(TimedOut, At(0), At(heard));
        Assert.Null(_lac.Read(At(200)).LastRestart);
    }

    [Fact]
    public void Tunnel_that_the_node_ends_is_no_restart()
    {
        Up(0);
        _lac.TunnelDown(Operator, At(0), At(5));
        Up(10);
        Assert.Null(_lac.Read(At(20)).LastRestart);
    }

    [Fact]
    public async Task A_lac_that_stops_and_returns_was_restarted_and_its_calls_count_by_whether_they_came_up()
    {
        await using var node = new TestNode();
        using (var lac = new TestLac(node.EndPoint))
        {
            var good = lac.Dial("demo");
            await good.Up;
            var bad = lac.Dial("demo", password: "wrong");
            await bad.Over;
            good.HangUp();
            await good.Over;
            await node.AllGone();
            var peer = Assert.Single(node.Node.Tunnels.Peers);
            Assert.Equal((1, 1, 1, 1, 0), (peer.Tunnels, peer.SetUps, peer.SetUpsFailed(EndClass.Login), peer.SessionsEnded(EndClass.User),
                peer.Sessions));
            lac.Close();
            await node.Log.Line("tunnel down", "tunnel stopped");
            Assert.Equal(0, peer.Tunnels);
        }
        var entry = Assert.Single(node.Node.Tunnels.Lacs);
        Assert.Null(entry.Read(node.Node.Clock.Now).LastRestart);
        using var again = new TestLac(node.EndPoint, tunnelId: 78);
        await again.Opened;
        var call = again.Dial("demo");
        await call.Up;
        call.HangUp();
        await call.Over;
        await node.AllGone();
        var now = entry.Read(node.Node.Clock.Now);
        Assert.NotNull(now.LastRestart);
        Assert.Equal((2, 1, 2), (now.SetUps, now.SetUpsFailed, now.SessionsEnded));
        Assert.Equal((EndCause.AuthenticationFailed, EndCause.UserRequest), (now.TopFailure!.Value.Cause, now.TopEnd!.Value.Cause));
    }
}
