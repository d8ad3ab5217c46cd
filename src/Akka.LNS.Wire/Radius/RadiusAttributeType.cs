namespace Akka.LNS.Wire.Radius;

/// <summary>Numbers of the standard attributes that the LNS writes or reads. The dictionary contains more attributes.</summary>
public static class RadiusAttributeType
{
    // RFC 2865 section 5
    public const byte UserName = 1;
    public const byte UserPassword = 2;
    public const byte ChapPassword = 3;
    public const byte NasIpAddress = 4;
    public const byte NasPort = 5;
    public const byte ServiceType = 6;
    public const byte FramedProtocol = 7;
    public const byte FramedIpAddress = 8;
    public const byte FramedIpNetmask = 9;
    public const byte FramedRouting = 10;
    public const byte FilterId = 11;
    public const byte FramedMtu = 12;
    public const byte FramedCompression = 13;
    public const byte ReplyMessage = 18;
    public const byte FramedRoute = 22;
    public const byte State = 24;
    public const byte Class = 25;
    public const byte VendorSpecific = 26;
    public const byte SessionTimeout = 27;
    public const byte IdleTimeout = 28;
    public const byte TerminationAction = 29;
    public const byte CalledStationId = 30;
    public const byte CallingStationId = 31;
    public const byte NasIdentifier = 32;
    public const byte ProxyState = 33;
    public const byte ChapChallenge = 60;
    public const byte NasPortType = 61;
    // RFC 2866 section 5
    public const byte AcctStatusType = 40;
    public const byte AcctDelayTime = 41;
    public const byte AcctInputOctets = 42;
    public const byte AcctOutputOctets = 43;
    public const byte AcctSessionId = 44;
    public const byte AcctAuthentic = 45;
    public const byte AcctSessionTime = 46;
    public const byte AcctInputPackets = 47;
    public const byte AcctOutputPackets = 48;
    public const byte AcctTerminateCause = 49;
    public const byte AcctMultiSessionId = 50;
    public const byte AcctLinkCount = 51;
    // RFC 2869 section 5
    public const byte AcctInputGigawords = 52;
    public const byte AcctOutputGigawords = 53;
    public const byte EventTimestamp = 55;
    public const byte ConnectInfo = 77;
    public const byte EapMessage = 79;
    public const byte MessageAuthenticator = 80;
    public const byte AcctInterimInterval = 85;
    public const byte NasPortId = 87;
    public const byte FramedPool = 88;
    // RFC 5176 section 3.5
    public const byte ErrorCause = 101;
    // RFC 2868 section 3, RFC 2867 section 4
    public const byte TunnelType = 64;
    public const byte TunnelMediumType = 65;
    public const byte TunnelClientEndpoint = 66;
    public const byte TunnelServerEndpoint = 67;
    public const byte AcctTunnelConnection = 68;
    public const byte TunnelPassword = 69;
    public const byte TunnelClientAuthId = 90;
    public const byte TunnelServerAuthId = 91;
    // RFC 3162 section 2
    public const byte NasIpv6Address = 95;
    public const byte FramedInterfaceId = 96;
    public const byte FramedIpv6Prefix = 97;
    public const byte FramedIpv6Route = 99;
    public const byte FramedIpv6Pool = 100;
    // RFC 4818, RFC 6911
    public const byte DelegatedIpv6Prefix = 123;
    public const byte FramedIpv6Address = 168;
    public const byte DnsServerIpv6Address = 169;
}

/// <summary>Vendors by their SMI Private Enterprise Code.</summary>
public static class RadiusVendor
{
    public const uint Cisco = 9;
    public const uint Microsoft = 311;
    /// <summary>The DSL Forum (RFC 4679).</summary>
    public const uint DslForum = 3561;
    /// <summary>MPD. The LNS supports its attributes, so accounting tools for MPD work.</summary>
    public const uint Mpd = 12341;
}

/// <summary>Attributes of Microsoft (RFC 2548).</summary>
public static class MicrosoftAttributeType
{
    public const byte MsChapResponse = 1;
    public const byte MsChapError = 2;
    public const byte MppeEncryptionPolicy = 7;
    public const byte MppeEncryptionTypes = 8;
    public const byte MsChapDomain = 10;
    public const byte MsChapChallenge = 11;
    public const byte MppeSendKey = 16;
    public const byte MppeRecvKey = 17;
    public const byte MsChap2Response = 25;
    public const byte MsChap2Success = 26;
    public const byte PrimaryDnsServer = 28;
    public const byte SecondaryDnsServer = 29;
    public const byte PrimaryNbnsServer = 30;
    public const byte SecondaryNbnsServer = 31;
}

/// <summary>Attributes of MPD that the LNS writes or reads.</summary>
public static class MpdAttributeType
{
    /// <summary>Rate limit of a class of packets. <c>MpdLimit</c> of the Protocol layer parses it.</summary>
    public const byte Limit = 7;
    public const byte Link = 12;
    public const byte Bundle = 13;
    public const byte Interface = 14;
    public const byte InterfaceIndex = 15;
    public const byte Action = 18;
    public const byte PeerIdent = 19;
    /// <summary>Full text of the end of the session.</summary>
    public const byte TermCause = 23;
    /// <summary>In the answer to a Start or Interim-Update: any value except zero ends the session.</summary>
    public const byte DropUser = 154;
}
