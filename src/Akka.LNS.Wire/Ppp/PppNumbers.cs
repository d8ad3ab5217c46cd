namespace Akka.LNS.Wire.Ppp;

/// <summary>Codes of LCP (RFC 1661 §5, RFC 1570 §2) and, 1 to 7, of every network control protocol.</summary>
public static class ControlCode
{
    public const byte ConfigureRequest = 1;
    public const byte ConfigureAck = 2;
    public const byte ConfigureNak = 3;
    public const byte ConfigureReject = 4;
    public const byte TerminateRequest = 5;
    public const byte TerminateAck = 6;
    public const byte CodeReject = 7;
    /// <summary>LCP only, as all that follow.</summary>
    public const byte ProtocolReject = 8;
    public const byte EchoRequest = 9;
    public const byte EchoReply = 10;
    public const byte DiscardRequest = 11;
    public const byte Identification = 12;
    public const byte TimeRemaining = 13;
}

/// <summary>LCP Configuration Options (RFC 1661 §6, RFC 1662 §7.1, RFC 1990 §5.1).</summary>
public static class LcpOption
{
    public const byte Mru = 1;
    /// <summary>Async-Control-Character-Map (RFC 1662 §7.1): without meaning over L2TP, acknowledged.</summary>
    public const byte Accm = 2;
    public const byte AuthenticationProtocol = 3;
    public const byte QualityProtocol = 4;
    public const byte MagicNumber = 5;
    public const byte Pfc = 7;
    public const byte Acfc = 8;
    /// <summary>Callback (RFC 1570 §2.3).</summary>
    public const byte Callback = 13;
    /// <summary>Multilink Maximum Received Reconstructed Unit (RFC 1990 §5.1.1).</summary>
    public const byte Mrru = 17;
    public const byte ShortSequenceNumbers = 18;
    public const byte EndpointDiscriminator = 19;

    /// <summary>MRU when not negotiated, in octets (RFC 1661 §6.1).</summary>
    public const ushort DefaultMru = 1500;
}

/// <summary>IPCP Configuration Options (RFC 1332 §3, RFC 1877 §1).</summary>
public static class IpcpOption
{
    /// <summary>Deprecated pair of addresses (RFC 1332 §3.1).</summary>
    public const byte IpAddresses = 1;
    /// <summary>IP-Compression-Protocol: Van Jacobson (RFC 1332 §3.2).</summary>
    public const byte IpCompression = 2;
    public const byte IpAddress = 3;
    public const byte PrimaryDns = 129;
    public const byte PrimaryNbns = 130;
    public const byte SecondaryDns = 131;
    public const byte SecondaryNbns = 132;
}

/// <summary>Codes of PAP (RFC 1334 §2.2).</summary>
public static class PapCode
{
    public const byte AuthenticateRequest = 1;
    public const byte AuthenticateAck = 2;
    public const byte AuthenticateNak = 3;
}

/// <summary>Codes of CHAP (RFC 1994 §4).</summary>
public static class ChapCode
{
    public const byte Challenge = 1;
    public const byte Response = 2;
    public const byte Success = 3;
    public const byte Failure = 4;
}

/// <summary>Algorithm octet of the LCP Authentication-Protocol option for CHAP (RFC 1994 §3).</summary>
public static class ChapAlgorithm
{
    public const byte Md5 = 5;
    /// <summary>RFC 2433: broken, refused.</summary>
    public const byte MsChapV1 = 0x80;
    /// <summary>RFC 2759 §2.</summary>
    public const byte MsChapV2 = 0x81;
}
