using System.Net;
using System.Net.Sockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Tests.Lab;

/// <summary>Messages as octets.</summary>
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

    private static byte[] Address(Ipv4Address address) =>
        [(byte)(address.Value >> 24), (byte)(address.Value >> 16), (byte)(address.Value >> 8), (byte)address.Value];
}
