using System.Collections.Immutable;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Protocol.Accounting;

/// <summary>The reason why octets are not an accounting record.</summary>
public enum RecordError
{
    None,
    Truncated,
    /// <summary>A newer version or another program wrote the octets.</summary>
    UnknownVersion,
    /// <summary>The value of a field is out of range.</summary>
    BadValue,
    /// <summary>Octets follow the record.</summary>
    TrailingOctets,
}

/// <summary>
/// The encoding of an accounting record for the durable spool. The first octet is the version. An integer has 7 bits in each octet, the low
/// ones first; a text is its octets after their number.
/// </summary>
public static class AccountingRecordCodec
{
    /// <summary>Version that <see cref="Encode"/> writes. A new field needs a new version; older versions stay readable.</summary>
    public const byte Version = 1;

    /// <summary>Version of a record whose session has a name that the subscriber did not send.</summary>
    private const byte VersionWithLogin = 2;

    [Flags]
    private enum Present : byte
    {
        None = 0,
        NasIpAddress = 1,
        NasIpv6Address = 2,
        Tunnel = 4,
        FramedIpAddress = 8,
        FramedIpNetmask = 16,
        Cause = 32,
        Login = 64,
        All = 127,
    }

    public static byte[] Encode(AccountingRecord record)
    {
        var (session, nas) = (record.Session, record.Session.Nas);
        var writer = new Writer(new byte[320]);
        writer.Byte(session.Login.Length > 0 ? VersionWithLogin : Version);
        writer.Byte((byte)record.Kind);
        var present = Present.None;
        if (nas.NasIpAddress is not null) present |= Present.NasIpAddress;
        if (nas.NasIpv6Address is not null) present |= Present.NasIpv6Address;
        if (nas.Tunnel is not null) present |= Present.Tunnel;
        if (session.FramedIpAddress is not null) present |= Present.FramedIpAddress;
        if (session.FramedIpNetmask is not null) present |= Present.FramedIpNetmask;
        if (record.Cause is not null) present |= Present.Cause;
        if (session.Login.Length > 0) present |= Present.Login;
        writer.Byte((byte)present);
        writer.Text(session.AcctSessionId);
        writer.Text(session.MultiSessionId);
        writer.Text(session.UserName);
        if (session.Login.Length > 0) writer.Text(session.Login);
        writer.Byte((byte)session.Authentic);
        if (session.FramedIpAddress is { } address) writer.Integer(address.Value);
        if (session.FramedIpNetmask is { } netmask) writer.Integer(netmask.Value);
        writer.Integer((ulong)(session.Classes.IsDefault ? 0 : session.Classes.Length));
        if (!session.Classes.IsDefault)
            foreach (var octets in session.Classes)
                writer.Octets(octets.Span);
        writer.Text(session.Bundle);
        writer.Text(session.Interface);
        writer.Integer(session.InterfaceIndex);
        writer.Text(nas.NasIdentifier);
        if (nas.NasIpAddress is { } v4) writer.Integer(v4.Value);
        if (nas.NasIpv6Address is { } v6)
        {
            writer.Integer((ulong)(v6 >> 64));
            writer.Integer((ulong)v6);
        }
        writer.Integer(nas.Port);
        writer.Text(nas.NasPortId);
        writer.Text(nas.CalledStationId);
        writer.Text(nas.CallingStationId);
        writer.Text(nas.ConnectInfo);
        writer.Text(nas.Link);
        writer.Text(nas.PeerIdent);
        if (nas.Tunnel is { } tunnel)
        {
            writer.Text(tunnel.ClientEndpoint);
            writer.Text(tunnel.ServerEndpoint);
            writer.Text(tunnel.ClientAuthId);
            writer.Text(tunnel.ServerAuthId);
            writer.Text(tunnel.Connection);
        }
        writer.Integer(record.LinkCount);
        writer.Integer(record.Counters.InputOctets);
        writer.Integer(record.Counters.OutputOctets);
        writer.Integer(record.Counters.InputPackets);
        writer.Integer(record.Counters.OutputPackets);
        writer.Integer((ulong)Math.Max(0, record.SessionTime.Ticks));
        writer.Integer((ulong)Math.Max(0, record.OccurredUtc.ToUnixTimeMilliseconds()));
        if (record.Cause is { } cause)
        {
            writer.Byte((byte)cause.By);
            writer.Byte((byte)cause.Layer);
            writer.Byte((byte)cause.Cause);
            writer.Text(cause.Text);
        }
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> octets, out AccountingRecord? record, out RecordError error)
    {
        record = null;
        var reader = new Reader(octets);
        var version = reader.Byte();
        if (version is not (Version or VersionWithLogin))
        {
            error = octets.IsEmpty ? RecordError.Truncated : RecordError.UnknownVersion;
            return false;
        }
        var kind = (AccountingKind)reader.Byte();
        var present = (Present)reader.Byte();
        var (id, multi, user) = (reader.Text(), reader.Text(), reader.Text());
        var login = present.HasFlag(Present.Login) ? reader.Text() : "";
        var authentic = (AccountingAuthentic)reader.Byte();
        Ipv4Address? address = present.HasFlag(Present.FramedIpAddress) ? new Ipv4Address(reader.UInt32()) : null;
        Ipv4Address? netmask = present.HasFlag(Present.FramedIpNetmask) ? new Ipv4Address(reader.UInt32()) : null;
        var classes = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        for (var count = reader.Integer(); count > 0 && reader.Error == RecordError.None; count--) classes.Add(reader.Octets().ToArray());
        var (bundle, iface, index) = (reader.Text(), reader.Text(), reader.UInt32());
        var identifier = reader.Text();
        Ipv4Address? v4 = present.HasFlag(Present.NasIpAddress) ? new Ipv4Address(reader.UInt32()) : null;
        UInt128? v6 = present.HasFlag(Present.NasIpv6Address) ? new UInt128(reader.Integer(), reader.Integer()) : null;
        var (port, portId) = (reader.UInt32(), reader.Text());
        var (called, calling, connect, link, ident) = (reader.Text(), reader.Text(), reader.Text(), reader.Text(), reader.Text());
        TunnelAttributes? tunnel = null;
        if (present.HasFlag(Present.Tunnel))
            tunnel = new TunnelAttributes(reader.Text(), reader.Text(), reader.Text(), reader.Text(), reader.Text());
        var links = reader.UInt32();
        var counters = new AccountingCounters(reader.Integer(), reader.Integer(), reader.Integer(), reader.Integer());
        var time = reader.Integer(long.MaxValue);
        var occurred = reader.Integer((ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        EndReason? cause = null;
        if (present.HasFlag(Present.Cause))
            cause = new EndReason((EndParty)reader.Byte((byte)EndParty.Radius), (EndLayer)reader.Byte((byte)EndLayer.DataPlane),
                (EndCause)reader.Byte((byte)EndCause.NodeLost), reader.Text());
        error = reader.Error != RecordError.None ? reader.Error
            : !reader.IsAtEnd ? RecordError.TrailingOctets
            : (present & ~Present.All) != 0 || present.HasFlag(Present.Login) != (version == VersionWithLogin)
                || !Enum.IsDefined(kind) || !Enum.IsDefined(authentic) ? RecordError.BadValue
            : RecordError.None;
        if (error != RecordError.None) return false;
        record = new AccountingRecord(kind,
            new AccountingSession(id, multi, user, authentic,
                new NasPort(identifier, v4, v6, port, portId, called, calling, connect, link, ident, tunnel),
                address, netmask, classes.ToImmutable(), bundle, iface, index)
            { Login = login },
            links, counters, TimeSpan.FromTicks((long)time), DateTimeOffset.FromUnixTimeMilliseconds((long)occurred), cause);
        return true;
    }

    private ref struct Writer(byte[] room)
    {
        private byte[] _room = room;
        private int _length;

        public readonly byte[] ToArray() => _room[.._length];
        public void Byte(byte value) => Reserve(1)[0] = value;

        public void Integer(ulong value)
        {
            for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
            Byte((byte)value);
        }

        public void Octets(ReadOnlySpan<byte> value)
        {
            Integer((ulong)value.Length);
            value.CopyTo(Reserve(value.Length));
        }

        public void Text(string value)
        {
            var length = PeerText.OctetCount(value);
            Integer((ulong)length);
            PeerText.Encode(value, Reserve(length));
        }

        private Span<byte> Reserve(int length)
        {
            if (_length + length > _room.Length) Array.Resize(ref _room, Math.Max(_length + length, _room.Length * 2));
            var room = _room.AsSpan(_length, length);
            _length += length;
            return room;
        }
    }

    /// <summary>After the first error every read returns an empty value, so one check at the end is enough.</summary>
    private ref struct Reader(ReadOnlySpan<byte> octets)
    {
        private ReadOnlySpan<byte> _rest = octets;

        public RecordError Error { get; private set; }
        public readonly bool IsAtEnd => _rest.IsEmpty;

        public byte Byte(byte most = byte.MaxValue)
        {
            var octet = Take(1);
            if (octet.IsEmpty) return 0;
            if (octet[0] > most) Fail(RecordError.BadValue);
            return octet[0];
        }

        public ulong Integer(ulong most = ulong.MaxValue)
        {
            var value = 0ul;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var octet = Byte();
                if (shift == 63 && octet > 1) break; // more than 64 bits
                value |= (ulong)(octet & 0x7F) << shift;
                if ((octet & 0x80) != 0) continue;
                if (value > most) Fail(RecordError.BadValue);
                return Error == RecordError.None ? value : 0;
            }
            Fail(RecordError.BadValue);
            return 0;
        }

        public uint UInt32() => (uint)Integer(uint.MaxValue);

        public ReadOnlySpan<byte> Octets()
        {
            var length = Integer();
            return Take(length > int.MaxValue ? int.MaxValue : (int)length);
        }

        public string Text() => PeerText.Decode(Octets());

        private ReadOnlySpan<byte> Take(int length)
        {
            if (Error != RecordError.None) return [];
            if (length > _rest.Length)
            {
                Fail(RecordError.Truncated);
                return [];
            }
            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }

        private void Fail(RecordError error)
        {
            if (Error == RecordError.None) Error = error;
        }
    }
}
