using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Native;

/// <summary>A plane in the library, and the functions of lnsd that its threads call.</summary>
internal sealed unsafe class HostedPlane(IDataPlane plane, PlaneCallbacks callbacks) : IControlReceiver, IPlaneObserver
{
    /// <summary>Passes the PPP frames of one path to lnsd.</summary>
    private sealed class PathReceiver(HostedPlane plane, PathKey key) : IPppReceiver
    {
        public void OnPpp(ushort protocol, ReadOnlySpan<byte> payload)
        {
            var path = key;
            fixed (byte* octets = payload)
                Check(plane.Callbacks.OnPpp(plane.Callbacks.Plane, &path, protocol, octets, payload.Length));
        }

        public void OnRoute(Ipv4Prefix network, string? why) => plane.Tell(PlaneEvent.PathRoute, to =>
        {
            to.Write(key);
            to.Write(network);
            to.WriteText(why ?? "");
        });
    }

    public IDataPlane Plane => plane;
    public PlaneCallbacks Callbacks { get; } = callbacks;

    public void OnControl(in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        fixed (UdpFlow* from = &flow)
        fixed (byte* octets = datagram) Check(Callbacks.OnControl(Callbacks.Plane, from, octets, datagram.Length));
    }

    public void OnHost(HostNetwork host) => Tell(PlaneEvent.Host, to => HostNetworkCodec.Write(to, host));
    public void OnRepaired(string what) => Tell(PlaneEvent.Repaired, to => to.WriteText(what));
    public void OnFailed(string why) => Tell(PlaneEvent.Failed, to => to.WriteText(why));
    public void OnRecovered() => Tell(PlaneEvent.Recovered, static _ => { });

    public void OnRouteRefused(Ipv4Prefix network, string why) => Tell(PlaneEvent.RouteRefused, to =>
    {
        to.Write(network);
        to.WriteText(why);
    });

    /// <summary>Tells lnsd of an event. Events are rare, so each has a message of its own.</summary>
    private void Tell(PlaneEvent what, Action<PlaneWriter> write)
    {
        var message = new PlaneWriter();
        write(message);
        fixed (byte* octets = message.Written) Callbacks.OnEvent(Callbacks.Plane, what, octets, message.Written.Length);
    }

    /// <summary>Runs one call.</summary>
    /// <exception cref="Exception">An exception of the plane.</exception>
    public void Run(PlaneCall call, ref PlaneReader from, PlaneWriter to)
    {
        switch (call)
        {
            case PlaneCall.Start: plane.Start(this, this); break;
            case PlaneCall.Stop: plane.Dispose(); break;
            case PlaneCall.Describe: to.WriteText(plane.Describe()); break;
            case PlaneCall.Warnings:
                var warnings = plane.Warnings;
                to.Write(warnings.Count);
                foreach (var warning in warnings) to.WriteText(warning);
                break;
            case PlaneCall.Listening: PlaneSettings.WriteEndpoints(to, [.. plane.Listening]); break;
            case PlaneCall.PathCount: to.Write(plane.PathCount); break;
            case PlaneCall.Apply: Apply(ref from, to); break;
            case PlaneCall.Route: plane.Route(from.ReadAll<Ipv4Prefix>()); break;
            case PlaneCall.ReadPlaneCounters: PlaneCountersCodec.Write(to, plane.ReadPlaneCounters()); break;
        }
    }

    private void Apply(ref PlaneReader from, PlaneWriter to)
    {
        var orders = new PlaneOrder[from.Read<int>()];
        for (var i = 0; i < orders.Length; i++) orders[i] = OrderCodec.Read(ref from, key => new PathReceiver(this, key));
        plane.Apply(orders);
        foreach (ref readonly var order in orders.AsSpan()) OrderCodec.WriteResult(to, order);
    }

    /// <summary>An exception makes the plane count the drop (<see cref="DropReason.ReceiverFailed"/>).</summary>
    private static void Check(int outcome)
    {
        if (outcome == 0) throw new InvalidOperationException("a receiver failed");
    }
}
