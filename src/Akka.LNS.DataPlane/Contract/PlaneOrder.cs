namespace Akka.LNS.DataPlane.Contract;

public enum PlaneOrderKind : byte
{
    /// <summary>Opens a path for PPP, or changes an open one, whose counters and forwarding stay.
    /// Displaces another incarnation of the same ids.</summary>
    Open,
    /// <summary>Starts or changes forwarding.</summary>
    Forward,
    /// <summary>Stops forwarding and returns the path's counters.</summary>
    Stop,
    /// <summary>Closes a path. The first close returns the final counters, any later one zeros.</summary>
    Close,
}

/// <summary>One order of a batch (<see cref="IDataPlane.Apply"/>), and afterwards its result.</summary>
public struct PlaneOrder
{
    private PlaneOrder(PlaneOrderKind kind, in PathKey key) => (Kind, Key) = (kind, key);

    public PlaneOrderKind Kind { get; }
    public PathKey Key { get; }

    /// <summary>Set for an <see cref="PlaneOrderKind.Open"/>.</summary>
    public PathSettings Settings { get; private init; }

    /// <summary>Set for an <see cref="PlaneOrderKind.Open"/>.</summary>
    public IPppReceiver? Receiver { get; private init; }

    /// <summary>Set for a <see cref="PlaneOrderKind.Forward"/>.</summary>
    public ForwardingSettings? Forwarding { get; private init; }

    /// <summary>Result of a <see cref="PlaneOrderKind.Stop"/> or <see cref="PlaneOrderKind.Close"/>. Zeros:
    /// there is no such path.</summary>
    public PathCounters Counters { get; set; }

    /// <summary>Why the order failed. Null: it did not.</summary>
    public string? Failure { get; set; }

    public static PlaneOrder Open(in PathKey key, in PathSettings settings, IPppReceiver receiver) =>
        new(PlaneOrderKind.Open, key) { Settings = settings, Receiver = receiver };

    public static PlaneOrder Forward(in PathKey key, ForwardingSettings settings) =>
        new(PlaneOrderKind.Forward, key) { Forwarding = settings };

    public static PlaneOrder Stop(in PathKey key) => new(PlaneOrderKind.Stop, key);

    public static PlaneOrder Close(in PathKey key) => new(PlaneOrderKind.Close, key);
}
