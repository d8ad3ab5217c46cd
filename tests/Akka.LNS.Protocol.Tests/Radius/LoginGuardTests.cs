using Akka.LNS.Protocol.Radius;
using CsCheck;

namespace Akka.LNS.Protocol.Tests.Radius;

public class LoginGuardTests
{
    private static readonly LoginGuardSettings Settings = new(After: 2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60), PerSecond: 1,
        Burst: 30);
    private static readonly LoginLine Alice = new("lac", "line-1", "alice");
    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    private static LoginGuardStep Fail(LoginGuard guard, LoginLine line, Instant now)
    {
        var step = guard.Judge(line, now).Step;
        if (step <= LoginGuardStep.AskBehind) guard.On(line, accepted: false, now);
        return step;
    }

    [Fact]
    public void Pauses_of_a_line_that_fails_double_up_to_the_maximum()
    {
        var guard = new LoginGuard(Settings);
        Assert.Equal(LoginGuardStep.Ask, Fail(guard, Alice, At(0)));
        Assert.Equal(LoginGuardStep.AskBehind, Fail(guard, Alice, At(0)));
        var now = 0.0;
        foreach (var pause in (double[])[2, 4, 8, 16, 32, 60, 60])
        {
            var verdict = guard.Judge(Alice, At(now + pause - 0.5));
            Assert.Equal((LoginGuardStep.RefuseFailing, 0.5), (verdict.Step, verdict.Wait.TotalSeconds));
            now += pause;
            Assert.Equal(LoginGuardStep.AskBehind, Fail(guard, Alice, At(now)));
        }
        Assert.Equal(7, guard.RefusedFailing);
    }

    [Fact]
    public void A_refusal_names_the_failures_and_the_time()
    {
        var guard = new LoginGuard(Settings);
        Fail(guard, Alice, At(0));
        Fail(guard, Alice, At(0));
        Assert.Equal("2 logins failed in a row, the next one is checked in 2 s", guard.Judge(Alice, At(0.5)).Words);
    }

    [Fact]
    public void A_refused_login_does_not_make_the_pause_longer()
    {
        var guard = new LoginGuard(Settings);
        Fail(guard, Alice, At(0));
        Fail(guard, Alice, At(0));
        for (var i = 1; i < 10; i++) Assert.True(guard.Judge(Alice, At(i * 0.2)).IsRefused);
        Assert.Equal(LoginGuardStep.AskBehind, guard.Judge(Alice, At(2)).Step); // the changed password is tried
        guard.On(Alice, accepted: true, At(2));
        Assert.Equal(LoginGuardStep.Ask, guard.Judge(Alice, At(2)).Step);
        Assert.Empty(guard.Worst(9));
    }

    [Theory] // an attacker on one line cannot lock out the user on another one
    [InlineData("lac", "line-2", "alice")]
    [InlineData("lac", "", "alice")]
    [InlineData("other", "line-1", "alice")]
    public void The_same_user_on_another_line_is_not_refused(string lac, string number, string user)
    {
        var guard = new LoginGuard(Settings);
        for (var i = 0; i < 50; i++) Fail(guard, Alice, At(i));
        Assert.Equal(LoginGuardStep.Ask, guard.Judge(new LoginLine(lac, number, user), At(50)).Step);
    }

    [Fact] // a LAC may send the same number for all its lines
    public void Users_behind_the_same_number_do_not_refuse_each_other()
    {
        var guard = new LoginGuard(Settings);
        for (var i = 0; i < 5; i++) Fail(guard, Alice, At(i));
        Assert.Equal(LoginGuardStep.AskBehind, guard.Judge(Alice with { User = "bob" }, At(5)).Step);
        guard.On(Alice with { User = "bob" }, accepted: true, At(5));
        Assert.Equal(LoginGuardStep.Ask, guard.Judge(Alice with { User = "carol" }, At(5)).Step);
        Assert.True(guard.Judge(Alice, At(5)).IsRefused);
    }

    [Fact]
    public void A_line_that_fails_under_many_names_has_the_rate_of_one_user()
    {
        var guard = new LoginGuard(Settings);
        var asked = 0;
        for (var i = 0; i < 1000; i++)
            if (Fail(guard, Alice with { User = $"guess-{i}" }, At(i / 100.0)) <= LoginGuardStep.AskBehind) asked++;
        Assert.InRange(asked, 30, 30 + 10 + Settings.After);
        Assert.True(guard.RefusedFrequent >= 1000 - asked);
    }

    [Fact]
    public void Accepted_logins_have_a_rate_too()
    {
        var guard = new LoginGuard(Settings);
        var asked = 0;
        for (var i = 0; i < 600; i++) // ten a second
        {
            var verdict = guard.Judge(Alice, At(i / 10.0));
            if (verdict.IsRefused)
            {
                Assert.Equal((LoginGuardStep.RefuseFrequent, "too many logins, the next one is checked in 1 s"),
                    (verdict.Step, verdict.Words));
                continue;
            }
            asked++;
            guard.On(Alice, accepted: true, At(i / 10.0));
        }
        Assert.InRange(asked, 30 + 59, 30 + 61);
    }

    [Fact]
    public void Both_can_be_off_and_change_at_once()
    {
        var guard = new LoginGuard(Settings);
        Fail(guard, Alice, At(0));
        Fail(guard, Alice, At(0));
        Assert.True(guard.Judge(Alice, At(1)).IsRefused);
        guard.Change(Settings with { After = 0, PerSecond = null }, At(1));
        for (var i = 0; i < 1000; i++) Assert.Equal(LoginGuardStep.AskBehind, Fail(guard, Alice, At(1)));
        guard.On(Alice, accepted: true, At(1));
        Assert.Equal(LoginGuardStep.Ask, guard.Judge(Alice, At(1)).Step);
        guard.Change(Settings, At(1));
        Fail(guard, Alice, At(1));
        Fail(guard, Alice, At(1));
        guard.Change(Settings with { MaxPause = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromSeconds(1) }, At(1));
        Assert.True(guard.Judge(Alice, At(1.9)).IsRefused);
        Assert.False(guard.Judge(Alice, At(2)).IsRefused);
    }

    [Fact]
    public void Names_without_end_use_bounded_memory_and_push_out_good_lines_first()
    {
        var guard = new LoginGuard(Settings, most: 100);
        Fail(guard, Alice, At(0));
        Fail(guard, Alice, At(0));
        for (var i = 0; i < 10_000; i++)
        {
            guard.Judge(new LoginLine("lac", "", $"good-{i}"), At(0.1));
            Assert.True(guard.Count <= 100);
        }
        Assert.True(guard.Judge(Alice, At(1)).IsRefused);
        for (var i = 0; i < 10_000; i++) Fail(guard, new LoginLine("lac", "", $"guess-{i}"), At(0.1));
        Assert.True(guard.Count <= 100);
    }

    [Fact]
    public void Quiet_lines_are_forgotten()
    {
        var guard = new LoginGuard(Settings);
        for (var i = 0; i < 100; i++) Fail(guard, Alice with { Number = $"{i}" }, At(0));
        for (var i = 0; i < 100; i++) guard.Judge(Alice with { Lac = "b", Number = $"{i}" }, At(0));
        Assert.Equal(300, guard.Count);
        for (var i = 0; i < 200; i++) guard.Judge(Alice with { Lac = "c" }, At(3600 + i));
        Assert.Equal(1, guard.Count);
    }

    [Fact]
    public void The_worst_lines_come_first()
    {
        var guard = new LoginGuard(Settings);
        for (var line = 1; line <= 5; line++)
            for (var i = 0; i < 2 + line; i++) Fail(guard, Alice with { Number = $"{line}" }, At(0));
        var worst = guard.Worst(2);
        Assert.Equal(["5", "4"], worst.Select(static w => w.Line.Number));
        Assert.Equal((2, 5L, At(2)), (worst[0].Failures, worst[0].Refused, worst[0].Until));
        Assert.Equal(5, guard.Waiting(At(1)));
    }

    [Fact] // law: whatever happens elsewhere, a user whose logins are accepted and not too many is asked for
    public void A_good_user_is_never_refused() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Double[0, 1]).Array[1, 300].Sample(script =>
        {
            var guard = new LoginGuard(Settings, most: 8);
            var good = new LoginLine("lac", "line-9", "good");
            var now = 0.0;
            foreach (var (number, user, pause) in script)
            {
                now += pause;
                Fail(guard, new LoginLine("lac", number == 0 ? "" : $"line-{number}", user == 0 ? "good" : $"u{user}"), At(now));
                if ((int)now == (int)(now - pause)) continue;
                Assert.Equal(LoginGuardStep.Ask, guard.Judge(good, At(now)).Step);
                guard.On(good, accepted: true, At(now));
            }
        });
}
