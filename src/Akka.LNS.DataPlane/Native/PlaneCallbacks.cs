using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;

namespace Akka.LNS.DataPlane.Native;

/// <summary>Functions of lnsd that the threads of a native plane call. A function returns 0 when its receiver failed.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PlaneCallbacks
{
    /// <summary>Number of the plane in lnsd, the first argument of both functions.</summary>
    public int Plane;

    /// <summary>An L2TP control message: plane, flow, octets, their number.</summary>
    public delegate* unmanaged<int, UdpFlow*, byte*, int, int> OnControl;

    /// <summary>A PPP frame that is not forwarded: plane, path, protocol, octets, their number.</summary>
    public delegate* unmanaged<int, PathKey*, ushort, byte*, int, int> OnPpp;

    /// <summary>An event of the plane: plane, event, octets of its message, their number.</summary>
    public delegate* unmanaged<int, PlaneEvent, byte*, int, int> OnEvent;

    /// <summary>Takes the octets of a result: plane, octets, their number. Called on the thread of the call.</summary>
    public delegate* unmanaged<int, byte*, int, void> OnResult;
}
