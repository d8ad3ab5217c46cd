using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Native;

/// <summary>The functions of the library. <c>NativePlane</c> in lnsd calls them.</summary>
/// <remarks>No exception leaves a function. A plane that has stopped keeps its number, so a late call does nothing.</remarks>
internal static unsafe class Exports
{
    private static readonly Lock Gate = new();
    private static ImmutableArray<HostedPlane> _planes = [];

    [ThreadStatic] private static PlaneWriter? _writer;

    [UnmanagedCallersOnly(EntryPoint = "lns_plane_layout")]
    public static int Layout() => NativeLibraryCalls.OwnLayout;

    [UnmanagedCallersOnly(EntryPoint = "lns_plane_create")]
    public static int Create(byte* settings, int length, PlaneCallbacks* callbacks)
    {
        var from = new PlaneReader(new ReadOnlySpan<byte>(settings, length));
        var read = PlaneSettings.Read(ref from);
        lock (Gate)
        {
            _planes = _planes.Add(new HostedPlane(Planes.Managed(read), *callbacks));
            return _planes.Length - 1;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "lns_plane_call")]
    public static PlaneOutcome Call(int plane, PlaneCall call, byte* message, int length)
    {
        var hosted = _planes[plane];
        var writer = _writer ??= new PlaneWriter();
        writer.Clear();
        var outcome = PlaneOutcome.Done;
        try
        {
            var from = new PlaneReader(new ReadOnlySpan<byte>(message, length));
            hosted.Run(call, ref from, writer);
        }
        catch (Exception e)
        {
            writer.Clear();
            writer.WriteText(e.Message);
            outcome = e is DataPlaneStartException ? PlaneOutcome.CannotStart : PlaneOutcome.Failed;
        }
        fixed (byte* octets = writer.Written) hosted.Callbacks.OnResult(hosted.Callbacks.Plane, octets, writer.Written.Length);
        return outcome;
    }

    [UnmanagedCallersOnly(EntryPoint = "lns_plane_send_control")]
    public static void SendControl(int plane, UdpFlow* flow, byte* octets, int length, int isQueued)
    {
        var to = _planes[plane].Plane;
        var datagram = new ReadOnlySpan<byte>(octets, length);
        if (isQueued != 0) to.QueueControl(*flow, datagram);
        else to.SendControl(*flow, datagram);
    }

    [UnmanagedCallersOnly(EntryPoint = "lns_plane_send_ppp")]
    public static void SendPpp(int plane, PathKey* path, byte* octets, int length, int isQueued)
    {
        var to = _planes[plane].Plane;
        var frame = new ReadOnlySpan<byte>(octets, length);
        if (isQueued != 0) to.QueuePpp(*path, frame);
        else to.SendPpp(*path, frame);
    }

    [UnmanagedCallersOnly(EntryPoint = "lns_plane_flush")]
    public static void Flush(int plane) => _planes[plane].Plane.Flush();

    [UnmanagedCallersOnly(EntryPoint = "lns_plane_read_counters")]
    public static int ReadCounters(int plane, PathKey* path, PathCounters* counters) =>
        _planes[plane].Plane.TryReadCounters(*path, out *counters) ? 1 : 0;
}
