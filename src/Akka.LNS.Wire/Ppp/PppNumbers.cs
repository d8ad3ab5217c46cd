namespace Akka.LNS.Wire.Ppp;

/// <summary>Codes of LCP. Codes 1 to 7 also belong to every network control protocol. RFC 1661 section 5, RFC 1570 section 2.</summary>
public static class ControlCode
{
    public const byte ConfigureRequest = 1;
    public const byte ConfigureAck = 2;
    public const byte ConfigureNak = 3;
    public const byte ConfigureReject = 4;
    public const byte TerminateRequest = 5;
    public const byte TerminateAck = 6;
    public const byte CodeReject = 7;
    /// <summary>First of the codes that only LCP has.</summary>
    public const byte ProtocolReject = 8;
    public const byte EchoRequest = 9;
    public const byte EchoReply = 10;
    public const byte DiscardRequest = 11;
    public const byte Identification = 12;
    public const byte TimeRemaining = 13;
}

/// <summary>LCP Configuration Options (RFC 1661 section 6, RFC 1662 section 7.1, RFC 1990 section 5.1).</summary>
public static class LcpOption
{
    public const byte Mru = 1;
    /// <summary>Async-Control-Character-Map (RFC 1662 section 7.1). It has no effect over L2TP and is acknowledged.</summary>
    public const byte Accm = 2;
    public const byte AuthenticationProtocol = 3;
    public const byte QualityProtocol = 4;
    public const byte MagicNumber = 5;
    public const byte Pfc = 7;
    public const byte Acfc = 8;
    /// <summary>Callback (RFC 1570 section 2.3).</summary>
    public const byte Callback = 13;
    /// <summary>Multilink Maximum Received Reconstructed Unit (RFC 1990 section 5.1.1).</summary>
    public const byte Mrru = 17;
    public const byte ShortSequenceNumbers = 18;
    public const byte EndpointDiscriminator = 19;

    /// <summary>Default MRU in octets, if none is negotiated. RFC 1661 section 6.1.</summary>
    public const ushort DefaultMru = 1500;
}

/// <summary>IPCP Configuration Options (RFC 1332 section 3, RFC 1877 section 1).</summary>
public static class IpcpOption
{
    /// <summary>Deprecated pair of addresses (RFC 1332 section 3.1).</summary>
    public const byte IpAddresses = 1;
    /// <summary>IP-Compression-Protocol: Van Jacobson (RFC 1332 section 3.2).</summary>
    public const byte IpCompression = 2;
    public const byte IpAddress = 3;
    public const byte PrimaryDns = 129;
    public const byte PrimaryNbns = 130;
    public const byte SecondaryDns = 131;
    public const byte SecondaryNbns = 132;
}

/// <summary>Codes of PAP (RFC 1334 section 2.2).</summary>
public static class PapCode
{
    public const byte AuthenticateRequest = 1;
    public const byte AuthenticateAck = 2;
    public const byte AuthenticateNak = 3;
}

/// <summary>Codes of CHAP (RFC 1994 section 4).</summary>
public static class ChapCode
{
    public const byte Challenge = 1;
    public const byte Response = 2;
    public const byte Success = 3;
    public const byte Failure = 4;
}

/// <summary>Algorithm octet of the LCP Authentication-Protocol option for CHAP (RFC 1994 section 3).</summary>
public static class ChapAlgorithm
{
    public const byte Md5 = 5;
    /// <summary>MS-CHAPv1 (RFC 2433): insecure, always refused.</summary>
    public const byte MsChapV1 = 0x80;
    /// <summary>MS-CHAPv2. RFC 2759 section 2.</summary>
    public const byte MsChapV2 = 0x81;
}
