namespace Akka.LNS.DataPlane;

public enum PlaneOrderKind : byte
{
    /// <summary><see cref="IDataPlane.Open"/>.</summary>
    Open,
    /// <summary><see cref="IDataPlane.Forward"/> with settings.</summary>
    Forward,
    /// <summary><see cref="IDataPlane.Forward"/> with null; the path's counters come back.</summary>
    Stop,
    /// <summary><see cref="IDataPlane.Close"/>; the final counters come back.</summary>
    Close,
}

/// <summary>One order of a batch (<see cref="IDataPlane.Apply"/>), and afterwards what became of it.</summary>
public struct PlaneOrder
{
    private PlaneOrder(PlaneOrderKind kind, in PathKey key) => (Kind, Key) = (kind, key);

    public PlaneOrderKind Kind { get; }
    public PathKey Key { get; }

    /// <summary>Of an <see cref="PlaneOrderKind.Open"/>.</summary>
    public PathSettings Settings { get; private init; }

    /// <summary>Of an <see cref="PlaneOrderKind.Open"/>.</summary>
    public IPppReceiver? Receiver { get; private init; }

    /// <summary>Of a <see cref="PlaneOrderKind.Forward"/>.</summary>
    public ForwardingSettings? Forwarding { get; private init; }

    /// <summary>Written by the plane for <see cref="PlaneOrderKind.Stop"/> and <see cref="PlaneOrderKind.Close"/>: zeros when there is no such path.</summary>
    public PathCounters Counters { get; set; }

    /// <summary>Written by the plane: why this order failed; null: it did not.</summary>
    public string? Failure { get; set; }

    public static PlaneOrder Open(in PathKey key, in PathSettings settings, IPppReceiver receiver) =>
        new(PlaneOrderKind.Open, key) { Settings = settings, Receiver = receiver };

    public static PlaneOrder Forward(in PathKey key, ForwardingSettings settings) => new(PlaneOrderKind.Forward, key) { Forwarding = settings };

    public static PlaneOrder Stop(in PathKey key) => new(PlaneOrderKind.Stop, key);

    public static PlaneOrder Close(in PathKey key) => new(PlaneOrderKind.Close, key);
}
