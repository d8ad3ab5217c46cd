using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Forwarding;
using Akka.LNS.DataPlane.L2tpSockets;
using Akka.LNS.DataPlane.Native;
using Akka.LNS.DataPlane.Null;
using Akka.LNS.DataPlane.Tun;

namespace Akka.LNS.DataPlane;

/// <summary>Makes the data planes of their parts.</summary>
public static class Planes
{
    /// <summary>Path of the native library beside the program.</summary>
    public static string NativeLibrary { get; } = Path.Combine(AppContext.BaseDirectory, NativeLibraryCalls.FileName);

    /// <summary>A plane without a device: packets of subscribers are checked, counted and discarded.</summary>
    /// <param name="native">Path of the native library, in which the plane's threads run. Null: they run in this program.</param>
    /// <exception cref="DataPlaneStartException">The library cannot be used.</exception>
    public static IDataPlane Null(ListenSettings listen, PolicingSettings policing, string? native = null) =>
        Of(new PlaneSettings(listen, policing, null), native);

    /// <summary>A plane that forwards IPv4 through one TUN device. The kernel routes the pools to it;
    /// a subscriber costs no interface.</summary>
    /// <inheritdoc cref="Null"/>
    public static IDataPlane Tun(ListenSettings listen, PolicingSettings policing, TunSettings tun, string? native = null) =>
        Of(new PlaneSettings(listen, policing, tun), native);

    /// <summary>A plane whose threads run in this program.</summary>
    internal static IDataPlane Managed(PlaneSettings settings)
    {
        var transport = new UdpTransport(settings.Listen);
        return settings.Tun is { } tun
            ? new Forwarder(transport, new TunDevice(tun), tun.Routes, settings.Policing)
            : new Forwarder(transport, new NullDevice(), [], settings.Policing);
    }

    private static IDataPlane Of(PlaneSettings settings, string? native) =>
        native is null ? Managed(settings) : new NativePlane(native, settings);
}
