using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.DataPlane.Null;
using Akka.LNS.DataPlane.Tun;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tests;

/// <summary>A network namespace of its own for each test: nothing touches the host.</summary>
internal static partial class TestNet
{
    private const int CloneNewNet = 0x40000000;
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static unsafe partial int CapGet(uint* header, uint* data);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static unsafe partial int CapSet(uint* header, uint* data);

    /// <summary>This thread, and those it starts, can administer no network from here on (capabilities(7)).</summary>
    public static unsafe void GiveUpNetAdmin()
    {
        const int capNetAdmin = 12;
        var header = stackalloc uint[] { 0x20080522, 0 };
        var data = stackalloc uint[6]; // effective, permitted, inheritable: low words, then high words
        Assert.Equal(0, CapGet(header, data));
        data[0] &= ~(1u << capNetAdmin);
        Assert.Equal(0, CapSet(header, data));
    }

    public static void Run(Action body)
    {
        string? skip = null;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (Unshare(CloneNewNet) != 0)
                {
                    skip = "cannot make a network namespace: needs root";
                    return;
                }
                using var routes = new RouteSocket();
                Assert.Equal(0, routes.LinkUp(1, 65536, 1000)); // lo is always 1
                body();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        if (skip is not null) Assert.Skip(skip);
    }

    public static void RunWithTun(Action body)
    {
        if (!File.Exists("/dev/net/tun")) Assert.Skip("no /dev/net/tun");
        Run(body);
    }

    public static void Until(Func<bool> condition, string what) => Assert.True(SpinWait.SpinUntil(condition, Patience), what);

    /// <summary>Routes of this thread's namespace as "device network mask", in the kernel's hexadecimal.</summary>
    public static bool HasRoute(string device, Ipv4Prefix network)
    {
        static string Hex(uint value) => BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value).ToString("X8") : value.ToString("X8");
        return File.ReadLines("/proc/thread-self/net/route").Select(static l => l.Split('\t'))
            .Any(f => f[0] == device && f[1] == Hex(network.Network.Value) && f[7] == Hex(network.Mask));
    }

    public static bool HasDevice(string name) => File.ReadLines("/proc/thread-self/net/dev").Any(l => l.TrimStart().StartsWith(name + ":", StringComparison.Ordinal));
}

/// <summary>Takes what the plane hands over.</summary>
internal sealed class Taker : IControlReceiver, IPppReceiver
{
    private readonly BlockingCollection<(UdpFlow Flow, byte[] Octets)> _control = [];
    private readonly BlockingCollection<(ushort Protocol, byte[] Payload)> _ppp = [];
    public ConcurrentDictionary<string, int> ControlThreads { get; } = [];
    public ConcurrentDictionary<string, int> PppThreads { get; } = [];
    public bool Fails { get; set; }
    public int PppWaiting => _ppp.Count;

    public void OnControl(in UdpFlow flow, ReadOnlySpan<byte> datagram)
    {
        if (Fails) throw new InvalidOperationException("on purpose");
        ControlThreads.AddOrUpdate(Thread.CurrentThread.Name!, 1, static (_, n) => n + 1);
        _control.Add((flow, datagram.ToArray()));
    }

    public void OnPpp(ushort protocol, ReadOnlySpan<byte> payload)
    {
        PppThreads.AddOrUpdate(Thread.CurrentThread.Name!, 1, static (_, n) => n + 1);
        _ppp.Add((protocol, payload.ToArray()));
    }

    public (UdpFlow Flow, byte[] Octets) Control() => Take(_control);
    public (ushort Protocol, byte[] Payload) Ppp() => Take(_ppp);
    private static T Take<T>(BlockingCollection<T> from) => from.TryTake(out var item, TestNet.Patience) ? item : throw new TimeoutException("nothing was handed over");
}

/// <summary>A plane on loopback, one LAC, one path.</summary>
internal sealed class Bench : IDisposable
{
    public const ushort PeerTunnel = 0x7007, PeerSession = 0x8008;
    public static readonly PathKey Key = new(0x1111, 0x2222, 1);
    public static readonly Ipv4Address Gateway = Ipv4Address.Parse("100.64.0.1");
    public static readonly Ipv4Address Subscriber = Ipv4Address.Parse("100.64.0.2");
    public const string Device = "lnstest0";

    private Bench(IDataPlane plane, IPAddress lac)
    {
        Plane = plane;
        plane.Start(Taker);
        Lac = NewLac(lac);
    }

    public IDataPlane Plane { get; }
    public Taker Taker { get; } = new();
    public Socket Lac { get; }
    public IPEndPoint Server => Plane.Listening[0];
    public UdpFlow Flow => UdpFlow.Of(Target.Address, (IPEndPoint)Lac.LocalEndPoint!);
    public IPEndPoint Target => Server.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, Server.Port)
        : Server.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, Server.Port) : Server;

    public static ListenSettings Listen(params IPEndPoint[] endpoints) =>
        new([.. endpoints]) { ReceiveBufferOctets = 1 << 17, SendBufferOctets = 1 << 17 };

    public static Bench OnNull(IPAddress? listen = null, PolicingSettings? policing = null, int dataThreads = 1) => new(
        new NullPlane(Listen(new IPEndPoint(listen ?? IPAddress.Loopback, 0)) with { DataThreads = dataThreads }, policing ?? new PolicingSettings()),
        listen ?? IPAddress.Loopback);

    public static TunSettings Tun => new(Device, [Gateway], [Prefix("100.64.0.0/16")]);

    public static Bench OnTun(TunSettings? tun = null, IPAddress? listen = null) =>
        new(new TunPlane(Listen(new IPEndPoint(listen ?? IPAddress.Loopback, 0)), new PolicingSettings(), tun ?? Tun), listen ?? IPAddress.Loopback);

    public static Ipv4Prefix Prefix(string text) => Ipv4Prefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);

    public static Socket NewLac(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)TestNet.Patience.TotalMilliseconds };
        var local = address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        socket.Bind(new IPEndPoint(local, 0));
        return socket;
    }

    public void Open(bool sequencing = false) => Plane.Open(Key, new PathSettings(Flow, PeerTunnel, PeerSession, sequencing), Taker);
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

    public void Drops(DropReason reason, ulong count = 1) =>
        TestNet.Until(() => Plane.ReadPlaneCounters().Dropped(reason) == count, $"{count} drops of {reason}, but {Plane.ReadPlaneCounters().Dropped(reason)}");

    public void Dispose()
    {
        Plane.Dispose();
        Lac.Dispose();
    }
}

/// <summary>Messages made by hand.</summary>
internal static class Octets
{
    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
    public static byte[] Control(string avps = "") => [0xC8, 2, 0, (byte)(12 + avps.Length / 2), 0, 0, 0, 0, 0, 0, 0, 0, .. Hex(avps)];
    public static byte[] Ppp(ushort protocol, byte[] payload) => [0xFF, 3, (byte)(protocol >> 8), (byte)protocol, .. payload];

    public static byte[] Data(ushort tunnel, ushort session, byte[] frame, bool length = false, bool sequence = false, int? offset = null)
    {
        var size = 6 + (length ? 2 : 0) + (sequence ? 4 : 0) + (offset is { } pad ? 2 + pad : 0) + frame.Length;
        return
        [
            (byte)((length ? 0x40 : 0) | (sequence ? 0x08 : 0) | (offset is null ? 0 : 0x02)), 2,
            .. length ? new[] { (byte)(size >> 8), (byte)size } : [],
            (byte)(tunnel >> 8), (byte)tunnel, (byte)(session >> 8), (byte)session,
            .. sequence ? new byte[] { 0, 1, 0, 0 } : [],
            .. offset is { } n ? [(byte)(n >> 8), (byte)n, .. new byte[n]] : Array.Empty<byte>(),
            .. frame,
        ];
    }

    public static byte[] Ip(Ipv4Address from, Ipv4Address to, byte protocol, byte[] payload)
    {
        byte[] packet = [0x45, 0, 0, 0, 0, 1, 0, 0, 64, protocol, 0, 0, .. Address(from), .. Address(to), .. payload];
        (packet[2], packet[3]) = ((byte)(packet.Length >> 8), (byte)packet.Length);
        var checksum = InternetChecksum.Of(packet.AsSpan(0, 20));
        (packet[10], packet[11]) = ((byte)(checksum >> 8), (byte)checksum);
        return packet;
    }

    public static byte[] Echo(Ipv4Address from, Ipv4Address to, int size = 56)
    {
        byte[] icmp = [8, 0, 0, 0, 0x12, 0x34, 0, 1, .. new byte[size]];
        var checksum = InternetChecksum.Of(icmp);
        (icmp[2], icmp[3]) = ((byte)(checksum >> 8), (byte)checksum);
        return Ip(from, to, 1, icmp);
    }

    public static byte[] Syn(Ipv4Address from, Ipv4Address to, ushort mss)
    {
        byte[] tcp = [0x30, 0x39, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x60, 2, 0xFF, 0xFF, 0, 0, 0, 0, 2, 4, (byte)(mss >> 8), (byte)mss];
        var checksum = InternetChecksum.Of(tcp, InternetChecksum.Sum([.. Address(from), .. Address(to), 0, 6, 0, (byte)tcp.Length]));
        (tcp[16], tcp[17]) = ((byte)(checksum >> 8), (byte)checksum);
        return Ip(from, to, 6, tcp);
    }

    public static byte[] Receive(Socket socket)
    {
        var buffer = new byte[4096];
        return buffer[..socket.Receive(buffer)];
    }

    public static byte[] ReceiveFrom(Socket socket, out IPEndPoint sender)
    {
        var buffer = new byte[4096];
        EndPoint from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var length = socket.ReceiveFrom(buffer, ref from);
        sender = (IPEndPoint)from;
        return buffer[..length];
    }

    private static byte[] Address(Ipv4Address address) => [(byte)(address.Value >> 24), (byte)(address.Value >> 16), (byte)(address.Value >> 8), (byte)address.Value];
}
