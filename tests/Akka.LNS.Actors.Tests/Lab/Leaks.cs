using System.Collections;
using System.Reflection;
using Akka.Actor;
using Akka.LNS.Actors.Counters;
using Akka.LNS.Actors.Overload;
using Akka.LNS.Protocol.L2tp;
using Microsoft.Extensions.Logging;

namespace Akka.LNS.Actors.Tests.Lab;

/// <summary>
/// Contents of a node: actors by kind, sizes of all collections that they reach, paths, counters of present objects, and gauges. Two
/// snapshots of a node at rest with the same subscribers are equal unless something has leaked.
/// </summary>
internal sealed class Leaks
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Wake-ups that one actor may have from Akka's scheduler: those of the supervisor's timers.</summary>
    private const int MostWakeUps = 4;

    /// <summary>Maximum time ahead of any timer: a minute, plus a margin for a slow machine.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(62);

    /// <summary>Ends of names of collections that remember the past within a bound: sticky addresses, the LACs that logins came from,
    /// calls that are expected to log in, and the node's addresses towards RADIUS.</summary>
    private static readonly string[] KeptOnPurpose =
        ["._lastSlot", "._lastUser", "._backlog._sources", "._admission._young", "/DynamicAuthorizationActor._sources"];

    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    private Leaks(TestNode node, IActorRef supervisor)
    {
        Actor(supervisor, "");
        var counters = node.Node.Counters;
        Add("paths", node.Plane.PathCount);
        Add("counted tunnels", counters.Tunnels);
        Add("counted tunnels that close", counters.TunnelsClosing);
        Add("counted sessions", counters.Sessions);
        Add("counted links", counters.Links);
        Add("counted bundles", counters.Bundles);
        var meters = MailboxMeters.Of(node.System);
        Add("serial gauge", meters.Serial.Balance);
        Add("parallel gauge", meters.Parallel.Balance);
        var (scheduler, now) = ((CountingScheduler)node.System.Scheduler, TestLac.Now);
        Assert.DoesNotContain(scheduler.Armed, w => w.Due > now + Horizon);
        Assert.DoesNotContain(scheduler.Armed, static w => w.Actor is LocalActorRef { IsTerminated: true });
        var deadlines = DeadlineWheel.Of(node.System).Armed;
        Assert.DoesNotContain(deadlines, w => w.At > now + Horizon);
        Assert.DoesNotContain(deadlines, static w => w.Owner is LocalActorRef { IsTerminated: true });
        Assert.All(deadlines.GroupBy(static w => w.Owner), static g => Assert.Single(g));
        Assert.All(scheduler.Armed.GroupBy(static w => w.Actor), static g => Assert.InRange(g.Count(), 1, MostWakeUps));
    }

    /// <summary>Waits for a node at rest: nothing waits, and two snapshots in a row are equal.</summary>
    public static async Task<Leaks> Of(TestNode node)
    {
        var supervisor = await node.Actor("");
        Leaks? last = null, picture = null;
        var problem = "";
        await Wait.Until(() =>
        {
            (last, picture) = (picture, Take(node, supervisor, out problem));
            if (node.Node.Spool.Waiting > 0) return false; // a server has not taken the last Stop yet
            return picture is not null && last is not null && (problem = picture.Unrest()).Length == 0
                && (problem = picture.Differences(last)).Length == 0;
        }, () => $"the node is at rest\n{problem}");
        return picture!;
    }

    /// <summary>Waits until the node holds the same as in this snapshot.</summary>
    /// <param name="except">Entries that may differ.</param>
    public async Task None(TestNode node, string? except = null)
    {
        var supervisor = await node.Actor("");
        var problem = "";
        await Wait.Until(() => Take(node, supervisor, out problem) is { } now && (problem = now.Differences(this, except)).Length == 0,
            () => $"everything given back; now, and before:\n{problem}\n{node.Log}");
    }

    public override string ToString() => string.Join('\n', _counts.Select(static c => $"{c.Key}: {c.Value}"));

    /// <summary>
    /// Text about waiting work or an incomplete call; empty when there is none. With a pause two snapshots of such a node can be equal.
    /// </summary>
    private string Unrest() => this["serial gauge"] == 0 && this["parallel gauge"] == 0
        && this["paths"] == this["counted sessions"] && this["paths"] == this["counted links"]
        && this["paths"] == this["counted bundles"] ? "" : $"something is under way\n{this}";

    private long this[string name] => _counts.GetValueOrDefault(name);

    private string Differences(Leaks before, string? except = null) => string.Join('\n', _counts.Keys.Union(before._counts.Keys)
        .Where(k => except is null || !k.Contains(except, StringComparison.Ordinal))
        .Where(k => _counts.GetValueOrDefault(k) != before._counts.GetValueOrDefault(k))
        .Select(k => $"{k}: {_counts.GetValueOrDefault(k)}, {before._counts.GetValueOrDefault(k)}"));

    /// <summary>null: something moved while it was looked at.</summary>
    private static Leaks? Take(TestNode node, IActorRef supervisor, out string problem)
    {
        problem = "";
        try
        {
            return new Leaks(node, supervisor);
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or ArgumentException or IndexOutOfRangeException)
        {
            problem = e.ToString();
            return null;
        }
    }

    private void Add(string what, long count) => _counts[what] = _counts.GetValueOrDefault(what) + count;

    private void Actor(IActorRef reference, string parent)
    {
        if (Lab.Actors.Of(reference) is not { } actor) return; // just being made or stopped
        var at = $"{parent}/{actor.GetType().Name}";
        Add(at, 1);
        Look(at, actor);
        foreach (var child in Lab.Actors.ChildrenOf(reference)) Actor(child, at);
    }

    private void Look(string at, object thing)
    {
        if (!_seen.Add(thing)) return;
        if (thing is IdAllocator)
        {
            // an id that rests is no leak
            Add($"{at} in use", CountOf(Read(thing, "_taken")!) - CountOf(Read(thing, "_quarantined")!));
            return;
        }
        if (thing is MessageQueue queue)
        {
            Add(at, queue.Count); // its array keeps acknowledged messages until it is full
            return;
        }
        for (var type = thing.GetType(); type is not null && IsOurs(type); type = type.BaseType)
        {
            foreach (var field in type.GetFields(Fields))
                if (!field.FieldType.IsPrimitive && !field.FieldType.IsPointer && field.GetValue(thing) is { } value)
                    Value($"{at}.{field.Name}", value);
        }
        // of pools
        if (thing.GetType().GetProperty("Used", Fields) is { } used) Add($"{at} used", Convert.ToInt64(used.GetValue(thing), null));
    }

    private void Value(string at, object value)
    {
        if (value is string or Delegate or IActorRef or Settings.LnsSettings or NodeCounters or DataPlane.Contract.IDataPlane or ILogger)
            return;
        // the past is kept on purpose, within a bound
        if (value is Inventory.DisconnectLog or Protocol.Radius.LoginGuard or Protocol.Radius.LatencyWindow) return;
        if (value is IEnumerable many && !value.GetType().IsGenericParameter)
        {
            if (KeptOnPurpose.Any(name => at.EndsWith(name, StringComparison.Ordinal))) return;
            var elements = ElementsOf(many);
            Add(at, elements.Count);
            foreach (var element in elements)
                if (element is not IActorRef && IsOurs(element.GetType())) Look($"{at}[]", element);
        }
        else if (IsOurs(value.GetType()))
        {
            Look(at, value);
        }
    }

    private static List<object> ElementsOf(IEnumerable many)
    {
        if (many.GetType() is { IsArray: true } array && array.GetElementType()!.IsValueType) return [];
        if (many.GetType().FullName!.StartsWith("System.Collections.Immutable.ImmutableArray", StringComparison.Ordinal)
            && (bool)many.GetType().GetProperty("IsDefault")!.GetValue(many)!) return [];
        if (many is IDictionary map) return [.. map.Values.Cast<object>()];
        return [.. many.Cast<object?>().Where(static o => o is not null).Select(static o => o!)];
    }

    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("Akka.LNS", StringComparison.Ordinal) == true;
    private static long CountOf(object collection) => (int)collection.GetType().GetProperty("Count")!.GetValue(collection)!;
    private static object? Read(object thing, string field) => thing.GetType().GetField(field, Fields)!.GetValue(thing);
}

/// <summary>Ways to an actor from outside of it, for tests only.</summary>
internal static class Actors
{
    private static readonly PropertyInfo Instance = typeof(ActorCell)
        .GetProperty("Actor", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!;

    public static ActorBase? Of(IActorRef reference) =>
        reference is ActorRefWithCell { Underlying: ActorCell cell } ? (ActorBase?)Instance.GetValue(cell) : null;

    public static IEnumerable<IActorRef> ChildrenOf(IActorRef reference) => ((ActorRefWithCell)reference).Children;

    /// <summary>Every actor of a kind below.</summary>
    public static IEnumerable<IActorRef> Below<T>(IActorRef reference) where T : ActorBase =>
        ChildrenOf(reference).SelectMany(static c => Below<T>(c).Prepend(c)).Where(static r => Of(r) is T);

    /// <summary>A field of an actor, used only to detect that it has reached a state, never for an assertion.</summary>
    public static T? Read<T>(IActorRef reference, string field) =>
        Of(reference) is { } actor ? (T?)actor.GetType()
        .GetField(field, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(actor) : default;

    /// <summary>It takes no message until <see cref="Go"/>; those that come wait.</summary>
    public static void Hold(IActorRef reference) => ((IInternalActorRef)reference).Suspend();

    public static void Go(IActorRef reference) => ((IInternalActorRef)reference).Resume();
}
