using System.Collections.Concurrent;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tests.Lab;

/// <summary>Keeps what the plane hands over.</summary>
internal sealed class PlaneReceiver : IControlReceiver, IPppReceiver
{
    private readonly BlockingCollection<(UdpFlow Flow, byte[] Octets)> _control = [];
    private readonly BlockingCollection<(ushort Protocol, byte[] Payload)> _ppp = [];
    public ConcurrentDictionary<string, int> ControlThreads { get; } = [];
    public ConcurrentDictionary<string, int> PppThreads { get; } = [];

    /// <summary>True: <see cref="OnControl"/> throws.</summary>
    public bool Fails { get; set; }

    /// <summary>The kernel's name of the calling thread: one of the native library has no name here.</summary>
    private static string ThreadName => File.ReadAllText("/proc/thread-self/comm").TrimEnd();

    public int PppWaiting => _ppp.Count;

    public void OnControl(in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        if (Fails) throw new InvalidOperationException("on purpose");
        ControlThreads.AddOrUpdate(ThreadName, 1, static (_, n) => n + 1);
        _control.Add((flow, datagram.ToArray()));
    }

    public void OnPpp(ushort protocol, ReadOnlySpan<byte> payload)
    {
        PppThreads.AddOrUpdate(ThreadName, 1, static (_, n) => n + 1);
        _ppp.Add((protocol, payload.ToArray()));
    }

    /// <summary>What was said about routes of the path.</summary>
    public ConcurrentQueue<(Ipv4Prefix Network, string? Why)> Routes { get; } = new();

    public void OnRoute(Ipv4Prefix network, string? why) => Routes.Enqueue((network, why));

    public (UdpFlow Flow, byte[] Octets) Control() => Take(_control);
    public (ushort Protocol, byte[] Payload) Ppp() => Take(_ppp);
    private static T Take<T>(BlockingCollection<T> from) =>
        from.TryTake(out var item, TestNet.Patience) ? item : throw new TimeoutException("the plane handed nothing over");
}
