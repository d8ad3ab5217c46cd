using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Protocol.L2tp;

/// <summary>An IP address and a UDP port.</summary>
/// <param name="Address">IPv4 addresses are mapped to IPv6.</param>
public readonly record struct KeptEndpoint(UInt128 Address, ushort Port);

/// <summary>What an LNS that starts again must know of a tunnel of the process before, to end it at its LAC.</summary>
/// <param name="Local">Our tunnel id.</param>
/// <param name="Peer">Tunnel id of the LAC.</param>
/// <param name="Ns">The oldest message that the LAC had not acknowledged. A duplicate makes the LAC tell its own number.</param>
/// <param name="Nr">The message that the LAC sends next.</param>
/// <param name="Listener">End point on which the LNS listened.</param>
/// <param name="LocalAddress">Our address in the datagrams.</param>
/// <param name="Remote">The LAC.</param>
public readonly record struct KeptTunnel(
    ushort Local, ushort Peer, ushort Ns, ushort Nr, KeptEndpoint Listener, UInt128 LocalAddress, KeptEndpoint Remote)
{
    /// <summary>The StopCCN that ends the tunnel.</summary>
    public byte[] Stop(ResultCode code) => Encode(Ns, Nr, code);

    /// <summary>
    /// The StopCCN that answers a message of the LAC. Its Nr is the Ns that the LAC expects, which a kept number may miss (RFC 2661
    /// section 5.8).
    /// </summary>
    public byte[] StopAfter(L2tpHeaderView received, ResultCode code) =>
        Encode(received.Nr, received.Payload.IsEmpty ? received.Ns : (ushort)(received.Ns + 1), code);

    private byte[] Encode(ushort ns, ushort nr, ResultCode code)
    {
        var message = new ControlMessage.StopCcn(new TunnelId(Local), code).Encode(new TunnelId(Peer), default, ns);
        L2tpControlHeader.WriteNr(message, nr);
        return message;
    }
}

/// <summary>
/// The tunnels of an LNS as a file: a header of 24 octets (name, version, MD5 of the rest), and 60 octets for each tunnel.
/// </summary>
public static class KeptTunnels
{
    /// <summary>Maximum number of tunnels in a file: half of all ids, so that new tunnels have the other half.</summary>
    public const int Max = (ushort.MaxValue + 1) / 2;

    private const int HeaderLength = 24, RecordLength = 60;
    private const ushort Version = 1;
    private static ReadOnlySpan<byte> Name => "LNSTUN"u8;

    /// <param name="tunnels">Those above <see cref="Max"/> are left out.</param>
    public static byte[] Encode(IReadOnlyCollection<KeptTunnel> tunnels)
    {
        var octets = new byte[HeaderLength + (Math.Min(tunnels.Count, Max) * RecordLength)];
        var at = HeaderLength;
        foreach (var tunnel in tunnels)
        {
            if (at == octets.Length) break;
            Write(octets.AsSpan(at, RecordLength), tunnel);
            at += RecordLength;
        }
        Name.CopyTo(octets);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(6), Version);
        MD5.HashData(octets.AsSpan(HeaderLength), octets.AsSpan(8, 16));
        return octets;
    }

    /// <summary>False: the file is torn, of another version or of another program. Then <paramref name="why"/> says it.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> octets, out ImmutableArray<KeptTunnel> tunnels, out string why)
    {
        tunnels = [];
        why = Fault(octets);
        if (why.Length > 0) return false;
        var found = ImmutableArray.CreateBuilder<KeptTunnel>((octets.Length - HeaderLength) / RecordLength);
        for (var at = HeaderLength; at < octets.Length; at += RecordLength) found.Add(Read(octets.Slice(at, RecordLength)));
        tunnels = found.MoveToImmutable();
        return true;
    }

    private static string Fault(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < HeaderLength || !octets.StartsWith(Name)) return "it is no file of tunnels, or it is cut off";
        var version = BinaryPrimitives.ReadUInt16BigEndian(octets[6..]);
        if (version != Version) return $"its version is {version}; this lnsd reads version {Version}";
        Span<byte> digest = stackalloc byte[16];
        MD5.HashData(octets[HeaderLength..], digest);
        var count = (octets.Length - HeaderLength) / RecordLength;
        return digest.SequenceEqual(octets.Slice(8, 16)) && HeaderLength + (count * RecordLength) == octets.Length && count <= Max
            ? "" : "it is cut off or damaged";
    }

    private static void Write(Span<byte> to, KeptTunnel t)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, t.Local);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], t.Peer);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], t.Ns);
        BinaryPrimitives.WriteUInt16BigEndian(to[6..], t.Nr);
        Write(to[8..], t.Listener);
        BinaryPrimitives.WriteUInt128BigEndian(to[26..], t.LocalAddress);
        Write(to[42..], t.Remote);
    }

    private static KeptTunnel Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt16BigEndian(from), BinaryPrimitives.ReadUInt16BigEndian(from[2..]),
        BinaryPrimitives.ReadUInt16BigEndian(from[4..]), BinaryPrimitives.ReadUInt16BigEndian(from[6..]),
        ReadEndpoint(from[8..]), BinaryPrimitives.ReadUInt128BigEndian(from[26..]), ReadEndpoint(from[42..]));

    private static void Write(Span<byte> to, KeptEndpoint endpoint)
    {
        BinaryPrimitives.WriteUInt128BigEndian(to, endpoint.Address);
        BinaryPrimitives.WriteUInt16BigEndian(to[16..], endpoint.Port);
    }

    private static KeptEndpoint ReadEndpoint(ReadOnlySpan<byte> from) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(from), BinaryPrimitives.ReadUInt16BigEndian(from[16..]));
}
