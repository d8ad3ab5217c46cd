using Akka.LNS.Server.Node;

namespace Akka.LNS.Server.Tests.Node;

/// <summary>When the heap is compacted.</summary>
public sealed class TrimPolicyTests
{
    [Fact]
    public void The_heap_is_compacted_once_in_the_calm_after_a_storm()
    {
        var policy = new TrimPolicy();
        var changes = 0L;
        for (var second = 0; second < 60; second++) Assert.False(policy.IsDue(changes += 1000));
        for (var second = 1; second < TrimPolicy.Calm; second++) Assert.False(policy.IsDue(changes));
        Assert.True(policy.IsDue(changes));
        for (var second = 0; second < 600; second++) Assert.False(policy.IsDue(changes));
    }

    [Fact]
    public void A_few_calls_each_second_are_calm_and_add_up()
    {
        var policy = new TrimPolicy();
        var changes = 0L;
        var due = 0;
        for (var second = 0; second < 3 * TrimPolicy.WorthIt / TrimPolicy.Quiet; second++)
            if (policy.IsDue(changes += TrimPolicy.Quiet)) due++;
        Assert.Equal(3, due);
    }

    [Fact]
    public void A_node_that_is_never_calm_is_never_stopped()
    {
        var policy = new TrimPolicy();
        var changes = 0L;
        for (var second = 0; second < 10_000; second++)
        {
            // a pause that is a second too short
            for (var pause = 1; pause < TrimPolicy.Calm; pause++) Assert.False(policy.IsDue(changes));
            Assert.False(policy.IsDue(changes += TrimPolicy.Quiet + 1));
        }
    }
}
