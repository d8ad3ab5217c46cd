using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Native;

/// <summary>The functions of the native library, which <c>Akka.LNS.DataPlane.Native</c> exports.</summary>
internal sealed unsafe class NativeLibraryCalls
{
    /// <summary>File name of the library.</summary>
    public const string FileName = "lnsplane.so";

    private NativeLibraryCalls(nint library)
    {
        Layout = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "lns_plane_layout");
        Create = (delegate* unmanaged<byte*, int, PlaneCallbacks*, int>)NativeLibrary.GetExport(library, "lns_plane_create");
        Call = (delegate* unmanaged<int, PlaneCall, byte*, int, PlaneOutcome>)NativeLibrary.GetExport(library, "lns_plane_call");
        SendControl = (delegate* unmanaged<int, UdpFlow*, byte*, int, int, void>)NativeLibrary.GetExport(library, "lns_plane_send_control");
        SendPpp = (delegate* unmanaged<int, PathKey*, byte*, int, int, void>)NativeLibrary.GetExport(library, "lns_plane_send_ppp");
        Flush = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "lns_plane_flush");
        ReadCounters = (delegate* unmanaged<int, PathKey*, PathCounters*, int>)NativeLibrary.GetExport(library, "lns_plane_read_counters");
    }

    /// <summary><see cref="OwnLayout"/> of the library.</summary>
    public readonly delegate* unmanaged<int> Layout;

    /// <summary>Makes a plane of settings and callbacks. Returns its number in the library.</summary>
    public readonly delegate* unmanaged<byte*, int, PlaneCallbacks*, int> Create;

    public readonly delegate* unmanaged<int, PlaneCall, byte*, int, PlaneOutcome> Call;

    /// <summary>The last argument is not 0: the message may wait for <see cref="Flush"/>.</summary>
    public readonly delegate* unmanaged<int, UdpFlow*, byte*, int, int, void> SendControl;

    /// <inheritdoc cref="SendControl"/>
    public readonly delegate* unmanaged<int, PathKey*, byte*, int, int, void> SendPpp;

    public readonly delegate* unmanaged<int, void> Flush;

    /// <summary>0: there is no such path.</summary>
    public readonly delegate* unmanaged<int, PathKey*, PathCounters*, int> ReadCounters;

    /// <summary>A number of the types that cross the border. lnsd and the library must have the same one.</summary>
    public static int OwnLayout => HashCode(sizeof(UdpFlow), sizeof(PathKey), sizeof(PathSettings), sizeof(PathCounters),
        (int)PlaneCall.ReadPlaneCounters, Enum.GetValues<DropReason>().Length, Enum.GetValues<PlaneOrderKind>().Length,
        Enum.GetValues<PlaneEvent>().Length, 3);

    /// <exception cref="DataPlaneStartException">The file is missing, is no such library, or is of another version.</exception>
    public static NativeLibraryCalls Load(string path)
    {
        NativeLibraryCalls calls;
        try
        {
            calls = new NativeLibraryCalls(NativeLibrary.Load(path));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new DataPlaneStartException($"cannot load {path}: {e.Message}", e);
        }
        if (calls.Layout() != OwnLayout) throw new DataPlaneStartException($"{path} is of another version of lnsd");
        return calls;
    }

    private static int HashCode(params ReadOnlySpan<int> values)
    {
        var hash = 17;
        foreach (var value in values) hash = unchecked(hash * 31 + value);
        return hash;
    }
}
