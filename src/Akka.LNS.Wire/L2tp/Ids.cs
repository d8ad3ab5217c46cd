using System.Globalization;

namespace Akka.LNS.Wire.L2tp;

/// <summary>
/// Identifier of a control connection, local to the side that assigned it. Zero: not assigned. RFC 2661 section 3.1.
/// </summary>
public readonly record struct TunnelId(ushort Value)
{
    public bool IsZero => Value == 0;
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// Identifier of a call within a tunnel, local to the side that assigned it. Zero: the tunnel itself, or not assigned. RFC 2661 section
/// 3.1.
/// </summary>
public readonly record struct SessionId(ushort Value)
{
    public bool IsZero => Value == 0;
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
