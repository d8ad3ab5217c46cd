using System.Collections.Frozen;
using System.Buffers.Binary;

namespace Akka.LNS.Wire.Radius;

/// <summary>Reason to refuse a CoA-Request or Disconnect-Request: the values that this node sends. RFC 5176 section 3.5.</summary>
public enum ErrorCause : uint
{
    UnsupportedAttribute = 401,
    MissingAttribute = 402,
    NasIdentificationMismatch = 403,
    InvalidRequest = 404,
    UnsupportedService = 405,
    InvalidAttributeValue = 407,
    SessionContextNotFound = 503,
    SessionContextNotRemovable = 504,
    ResourcesUnavailable = 506,
    MultipleSessionSelectionUnsupported = 508,
}

/// <summary>Names of the causes in RFC 5176.</summary>
public static class ErrorCauses
{
    private static readonly FrozenDictionary<ErrorCause, string> Names =
        Enum.GetValues<ErrorCause>().ToFrozenDictionary(static c => c, static c =>
    {
        var octets = new byte[AttributeView.HeaderLength + sizeof(uint)];
        (octets[0], octets[1]) = (RadiusAttributeType.ErrorCause, (byte)octets.Length);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(AttributeView.HeaderLength), (uint)c);
        ReadOnlySpan<byte> rest = octets;
        return AttributeView.TryRead(ref rest, out var attribute, out _) ? RadiusDictionary.Default.Render(attribute).Split(" = ")[^1]
            : c.ToString();
    });

    /// <summary>Name of a cause, such as "Session-Context-Not-Found".</summary>
    public static string Name(this ErrorCause cause) => Names.GetValueOrDefault(cause) ?? $"{(uint)cause}";
}
