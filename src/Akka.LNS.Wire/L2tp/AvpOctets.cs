namespace Akka.LNS.Wire.L2tp;

/// <summary>Uninterpreted octets of an AVP. Two instances are equal if their octets are equal.</summary>
public readonly struct AvpOctets : IEquatable<AvpOctets>
{
    private readonly byte[]? _octets;

    /// <summary>Copies <paramref name="octets"/>.</summary>
    public AvpOctets(ReadOnlySpan<byte> octets) => _octets = octets.ToArray();

    public ReadOnlySpan<byte> Span => _octets;
    public int Length => _octets?.Length ?? 0;
    public bool IsEmpty => Length == 0;

    public bool Equals(AvpOctets other) => Span.SequenceEqual(other.Span);
    public override bool Equals(object? obj) => obj is AvpOctets other && Equals(other);
    public static bool operator ==(AvpOctets left, AvpOctets right) => left.Equals(right);
    public static bool operator !=(AvpOctets left, AvpOctets right) => !left.Equals(right);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Length only: the octets may be a password.</summary>
    public override string ToString() => $"{Length} octets";
}
