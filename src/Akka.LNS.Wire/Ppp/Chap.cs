using System.Security.Cryptography;

namespace Akka.LNS.Wire.Ppp;

/// <summary>A checked view of the data of a CHAP Challenge or Response (RFC 1994 section 4.1): Value-Size, Value, Name.</summary>
public readonly ref struct ChapValueView
{
    private ChapValueView(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name)
    {
        Value = value;
        Name = name;
    }

    public ReadOnlySpan<byte> Value { get; }
    public ReadOnlySpan<byte> Name { get; }

    public static bool TryRead(ReadOnlySpan<byte> data, out ChapValueView view, out PppError error)
    {
        view = default;
        error = data.IsEmpty || data[0] >= data.Length ? PppError.Truncated : data[0] == 0 ? PppError.BadValue : PppError.None;
        if (error != PppError.None) return false;
        view = new ChapValueView(data.Slice(1, data[0]), data[(1 + data[0])..]);
        return true;
    }

    public static void WriteTo(ref ControlPacketWriter writer, scoped ReadOnlySpan<byte> value, scoped ReadOnlySpan<byte> name)
    {
        if (value.Length > 255) value = value[..255];
        writer.Octet((byte)value.Length);
        writer.Octets(value);
        writer.Octets(name);
    }
}

/// <summary>CHAP with MD5 (RFC 1994 section 4.1).</summary>
public static class ChapMd5
{
    /// <summary>Octets of a Response.</summary>
    public const int ResponseLength = MD5.HashSizeInBytes;

    /// <summary>Writes the MD5 over Identifier, secret and Challenge to <paramref name="response"/>.</summary>
    public static void Response(byte identifier, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> challenge, Span<byte> response)
    {
        var length = 1 + secret.Length + challenge.Length;
        var input = length <= 512 ? stackalloc byte[length] : new byte[length];
        input[0] = identifier;
        secret.CopyTo(input[1..]);
        challenge.CopyTo(input[(1 + secret.Length)..]);
        MD5.HashData(input, response);
        CryptographicOperations.ZeroMemory(input);
    }
}
