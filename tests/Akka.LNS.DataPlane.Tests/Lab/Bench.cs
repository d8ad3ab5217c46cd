using System.Net;
using System.Net.Sockets;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tests.Lab;

/// <summary>A plane on loopback, one LAC, one path.</summary>
internal sealed class Bench : IDisposable
{
    public const ushort PeerTunnel = 0x7007, PeerSession = 0x8008;
    public static readonly PathKey Key = new(0x1111, 0x2222, 1);
    public static readonly Ipv4Address Gateway = Ipv4Address.Parse("100.64.0.1");
    public static readonly Ipv4Address Subscriber = Ipv4Address.Parse("100.64.0.2");
    public const string Device = "lnstest0";

    /// <summary>Path of the native library for planes that this thread makes. Null: their threads run in the test program.</summary>
    [ThreadStatic] public static string? Library;

    private Bench(IDataPlane plane, IPAddress lac, IPlaneObserver? observer = null)
    {
        Plane = plane;
        plane.Start(Receiver, observer);
        Lac = NewLac(lac);
    }

    public IDataPlane Plane { get; }
    public PlaneReceiver Receiver { get; } = new();
    public Socket Lac { get; }
    public IPEndPoint Server => Plane.Listening[0];
    public UdpFlow Flow => UdpFlow.Of(Target.Address, (IPEndPoint)Lac.LocalEndPoint!);
    public IPEndPoint Target => Server.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, Server.Port)
        : Server.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, Server.Port) : Server;

    public static ListenSettings Listen(params IPEndPoint[] endpoints) =>
        new([.. endpoints]) { ReceiveBufferOctets = 1 << 17, SendBufferOctets = 1 << 17 };

    public static Bench OnNull(IPAddress? listen = null, PolicingSettings? policing = null, int dataThreads = 1) => new(
        Planes.Null(Listen(new IPEndPoint(listen ?? IPAddress.Loopback, 0)) with { DataThreads = dataThreads },
            policing ?? new PolicingSettings(), Library),
        listen ?? IPAddress.Loopback);

    public static TunSettings Tun => new(Device, [Gateway], [Prefix("100.64.0.0/16")]);

    public static Bench OnTun(TunSettings? tun = null, IPAddress? listen = null, IPlaneObserver? observer = null) =>
        new(
        Planes.Tun(Listen(new IPEndPoint(listen ?? IPAddress.Loopback, 0)), new PolicingSettings(), tun ?? Tun, Library),
        listen ?? IPAddress.Loopback, observer);

    public static Ipv4Prefix Prefix(string text) => Ipv4Prefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);

    public static Socket NewLac(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = (int)TestNet.Patience.TotalMilliseconds,
        };
        var local = address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        socket.Bind(new IPEndPoint(local, 0));
        return socket;
    }

    public void Open(bool sequencing = false) => Plane.Open(Key, new PathSettings(Flow, PeerTunnel, PeerSession, sequencing), Receiver);

    public void Forward(int mtu = 1400, params Ipv4Prefix[] framed) =>
        Plane.Forward(Key, new ForwardingSettings(Subscriber, mtu) { FramedRoutes = [.. framed] });

    public void Send(byte[] datagram) => Lac.SendTo(datagram, Target);

    public void SendIp(byte[] packet) => Send(Octets.Data(Key.TunnelId, Key.SessionId, Octets.Ppp(0x0021, packet)));

    public byte[] Receive() => Octets.Receive(Lac);

    /// <summary>The IP packet of the next data message.</summary>
    public byte[] ReceiveIp()
    {
        var octets = Receive();
        Assert.Equal("0002" + "7007" + "8008" + "FF03" + "0021", Convert.ToHexString(octets.AsSpan(0, 10)));
        return octets[10..];
    }

    /// <summary>Waits for this number of drops.</summary>
    public void Drops(DropReason reason, ulong count = 1) =>
        TestNet.Until(() => Plane.ReadPlaneCounters().Dropped(reason) == count,
            $"{count} drops of {reason}, but {Plane.ReadPlaneCounters().Dropped(reason)}");

    public void Dispose()
    {
        Plane.Dispose();
        Lac.Dispose();
    }
}
