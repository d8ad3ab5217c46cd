using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using Akka.LNS.Protocol.Addressing;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ip;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>Source of the subscriber's address. RFC 2865 section 5.8.</summary>
public enum FramedAddressChoice : byte
{
    /// <summary>The attribute is missing: an address of a pool.</summary>
    NotSaid,
    /// <summary>255.255.255.254, and 0.0.0.0, which some servers send for it: the NAS chooses, from a pool.</summary>
    Nas,
    /// <summary>255.255.255.255: the subscriber chooses.</summary>
    User,
    /// <summary>This address.</summary>
    Fixed,
}

/// <summary>A route to the subscriber (RFC 2865 section 5.22).</summary>
/// <param name="Gateway">0.0.0.0: the subscriber's own address.</param>
public readonly record struct FramedRoute(Ipv4Prefix Destination, Ipv4Address Gateway, uint Metric);

/// <summary>
/// What a login is granted: the attributes of an Access-Accept or of a local user's entry. The profile of an Access-Reject or
/// Access-Challenge holds ReplyMessage, State and the MS-CHAP texts.
/// </summary>
public sealed record SubscriberProfile
{
    public static readonly SubscriberProfile Empty = new();

    /// <summary>Name of the session from the login on (RFC 2865 section 5.1); empty: the name that the subscriber sent.</summary>
    public string UserName { get; init; } = "";
    public FramedAddressChoice AddressChoice { get; init; }
    /// <summary>The address when <see cref="AddressChoice"/> is Fixed.</summary>
    public Ipv4Address FramedIpAddress { get; init; }
    /// <summary>A mask of 1 to 32 bits. With a fixed address the whole network is the subscriber's (RFC 2865 section 5.9).</summary>
    public Ipv4Address? FramedIpNetmask { get; init; }
    public ImmutableArray<FramedRoute> FramedRoutes { get; init; } = [];
    /// <summary>Octets, 64 to 65535 (RFC 2865 section 5.12).</summary>
    public ushort? FramedMtu { get; init; }
    /// <summary>Name of an address pool; empty: the bundle's.</summary>
    public string FramedPool { get; init; } = "";
    /// <summary>Null: none. The server's 0 means none too.</summary>
    public TimeSpan? IdleTimeout { get; init; }
    /// <summary>Null: none. The server's 0 means none too.</summary>
    public TimeSpan? SessionTimeout { get; init; }
    /// <summary>At least a minute (RFC 2869 section 5.16); null: that of the settings; zero: none.</summary>
    public TimeSpan? AcctInterimInterval { get; init; }
    /// <summary>RADIUS-Request (1): at the end of the session, ask again (RFC 2865 section 5.29).</summary>
    public uint TerminationAction { get; init; }
    /// <summary>To be sent in accounting as they came (RFC 2865 section 5.25).</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Classes { get; init; } = [];
    /// <summary>To be sent in the Access-Request that follows a Challenge (RFC 2865 section 5.24).</summary>
    public ReadOnlyMemory<byte> State { get; init; }
    /// <summary>Kept, shown and changed by CoA; no data plane filters by them.</summary>
    public ImmutableArray<string> FilterIds { get; init; } = [];
    /// <summary>
    /// mpd-limit, each readable by <see cref="MpdLimit.TryParse"/>. Kept, shown and changed by CoA; no data plane limits by them.
    /// </summary>
    public ImmutableArray<string> MpdLimits { get; init; } = [];
    /// <summary>All Reply-Messages, with a space between; for the subscriber to read.</summary>
    public string ReplyMessage { get; init; } = "";
    public Ipv4Address? PrimaryDns { get; init; }
    public Ipv4Address? SecondaryDns { get; init; }
    public Ipv4Address? PrimaryNbns { get; init; }
    public Ipv4Address? SecondaryNbns { get; init; }
    /// <summary>
    /// "S=" and 40 hexadecimal digits, for the Success packet (RFC 2759 section 5), without the Ident octet of RFC 2548 section 2.3.3;
    /// empty: none.
    /// </summary>
    public string MsChap2Success { get; init; } = "";
    /// <summary>
    /// "E=691 R=1 ..." for the Failure packet (RFC 2759 section 6), without the Ident octet of RFC 2548 section 2.1.5; empty: none.
    /// </summary>
    public string MsChapError { get; init; } = "";
    /// <summary>mpd-action: "bundle NAME", "forward NAME" or "drop"; empty: none.</summary>
    public string MpdAction { get; init; } = "";

    // IPv6: kept and shown; only IPv6CP will use them.
    public ImmutableArray<Ipv6Prefix> FramedIpv6Prefixes { get; init; } = [];
    public ImmutableArray<Ipv6Prefix> DelegatedIpv6Prefixes { get; init; } = [];
    public ImmutableArray<UInt128> FramedIpv6Addresses { get; init; } = [];
    public ImmutableArray<string> FramedIpv6Routes { get; init; } = [];
    public string FramedIpv6Pool { get; init; } = "";

    /// <summary>Why an Access-Accept with these attributes counts as a Reject (RFC 2865 sections 5 and 5.6); null: it does not.</summary>
    public string? Rejection { get; init; }
    /// <summary>Attributes that were ignored or changed, as sentences for the log.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>Part of <see cref="Problems"/>: attributes without a value.</summary>
    public int EmptyAttributes { get; init; }
    /// <summary>All attributes as they came, in one array. It may hold keys: never log it.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>All attributes, one by one.</summary>
    public AttributeEnumerator Attributes() => new(Raw.Span);

    private const uint ServiceTypeFramed = 2;
    private const uint FramedProtocolPpp = 1;
    private const uint AddressByUser = 0xFFFFFFFF;
    private const uint AddressByNas = 0xFFFFFFFE;
    internal const int MinInterimSeconds = 60;

    public static SubscriberProfile Read(RadiusPacketView packet) => Read(packet.AttributeOctets.ToArray());

    /// <param name="attributes">Encoded attributes; the profile keeps the array.</param>
    public static SubscriberProfile Read(byte[] attributes)
    {
        if (attributes.Length == 0) return Empty;
        var reader = new Reader(attributes);
        ReadOnlySpan<byte> rest = attributes;
        while (AttributeView.TryRead(ref rest, out var attribute, out _)) reader.Take(attribute, attributes.Length - rest.Length);
        if (!rest.IsEmpty) reader.Reject("its attributes are malformed");
        return reader.Profile;
    }

    /// <summary>
    /// Networks that are routed to the subscriber besides its address: that of Framed-IP-Netmask around a fixed address, and those of
    /// Framed-Route. Each once.
    /// </summary>
    public ImmutableArray<Ipv4Prefix> Networks
    {
        get
        {
            var isFixed = AddressChoice == FramedAddressChoice.Fixed;
            var hasMask = isFixed && FramedIpNetmask is { Value: not uint.MaxValue };
            if (FramedRoutes.IsEmpty && !hasMask) return [];
            var networks = ImmutableArray.CreateBuilder<Ipv4Prefix>(FramedRoutes.Length + 1);
            if (hasMask) networks.Add(new Ipv4Prefix(FramedIpAddress, LengthOf(FramedIpNetmask!.Value.Value)));
            foreach (var route in FramedRoutes)
            {
                if (networks.Contains(route.Destination)) continue;
                if (!isFixed || route.Destination != new Ipv4Prefix(FramedIpAddress, 32)) networks.Add(route.Destination);
            }
            return networks.ToImmutable();
        }
    }

    /// <summary>
    /// Reads the text "prefix gateway metric" of RFC 2865 section 5.22. Gateway and metrics may be missing. Forms of the prefix:
    /// ADDRESS/LENGTH, ADDRESS/MASK, ADDRESS MASK, and ADDRESS alone.
    /// </summary>
    public static bool TryReadRoute(ReadOnlySpan<char> text, out FramedRoute route)
    {
        route = default;
        Span<Range> words = stackalloc Range[5];
        var count = text.SplitAny(words, " \t\0", StringSplitOptions.RemoveEmptyEntries);
        if (count == 0) return false;
        var destination = text[words[0]];
        var slash = destination.IndexOf('/');
        if (!Ipv4Address.TryParse(slash < 0 ? destination : destination[..slash], out var network)) return false;
        var next = 1;
        int length;
        if (slash >= 0)
        {
            if (!TryReadLength(destination[(slash + 1)..], out length)) return false;
        }
        else if (count > 1 && Ipv4Address.TryParse(text[words[1]], out var mask) && LengthOf(mask.Value) >= 4)
        {
            (length, next) = (LengthOf(mask.Value), 2); // no gateway has an address from 240.0.0.0 on
        }
        else
        {
            // "If the length specifier is omitted, it should default to" the class of the address; one with host bits is a host
            length = network.Value < 0x80000000 ? 8 : network.Value < 0xC0000000 ? 16 : 24;
            if (new Ipv4Prefix(network, length).Network != network) length = 32;
        }
        var gateway = default(Ipv4Address);
        if (count > next && !Ipv4Address.TryParse(text[words[next]], out gateway)) return false;
        var metric = 1;
        if (count > next + 1)
        {
            var last = text[words[next + 1]]; // further metrics are allowed and not used; the example of the RFC has a negative one
            var end = last.IndexOfAny(" \t\0");
            if (!int.TryParse(end < 0 ? last : last[..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out metric))
                return false;
        }
        route = new FramedRoute(new Ipv4Prefix(network, length), gateway, (uint)Math.Max(0, metric));
        return true;
    }

    /// <summary>"24" or "255.255.255.0".</summary>
    private static bool TryReadLength(ReadOnlySpan<char> text, out int length)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length)) return length <= 32;
        if (!Ipv4Address.TryParse(text, out var mask)) return false;
        length = LengthOf(mask.Value);
        return length >= 0;
    }

    /// <summary>Number of bits of a mask; -1: its bits are not contiguous.</summary>
    private static int LengthOf(uint mask)
    {
        var length = BitOperations.LeadingZeroCount(~mask);
        return Ipv4Prefix.MaskOf(length) == mask ? length : -1;
    }

    /// <summary>Collects the properties while walking once over the attributes.</summary>
    private ref struct Reader(byte[] octets)
    {
        private string _userName = "";
        private FramedAddressChoice _addressChoice;
        private Ipv4Address _framedIpAddress;
        private Ipv4Address? _framedIpNetmask;
        private ImmutableArray<FramedRoute> _framedRoutes = [];
        private ushort? _framedMtu;
        private string _framedPool = "";
        private TimeSpan? _idleTimeout;
        private TimeSpan? _sessionTimeout;
        private TimeSpan? _acctInterimInterval;
        private uint _terminationAction;
        private ImmutableArray<ReadOnlyMemory<byte>> _classes = [];
        private ReadOnlyMemory<byte> _state;
        private ImmutableArray<string> _filterIds = [];
        private ImmutableArray<string> _mpdLimits = [];
        private string _replyMessage = "";
        private Ipv4Address? _primaryDns;
        private Ipv4Address? _secondaryDns;
        private Ipv4Address? _primaryNbns;
        private Ipv4Address? _secondaryNbns;
        private string _msChap2Success = "";
        private string _msChapError = "";
        private string _mpdAction = "";
        private ImmutableArray<Ipv6Prefix> _framedIpv6Prefixes = [];
        private ImmutableArray<Ipv6Prefix> _delegatedIpv6Prefixes = [];
        private ImmutableArray<UInt128> _framedIpv6Addresses = [];
        private ImmutableArray<string> _framedIpv6Routes = [];
        private string _framedIpv6Pool = "";
        private string? _rejection;
        private ImmutableArray<string> _problems = [];
        private int _emptyAttributes;

        public readonly SubscriberProfile Profile => new()
        {
            Raw = octets,
            UserName = _userName,
            AddressChoice = _addressChoice,
            FramedIpAddress = _framedIpAddress,
            FramedIpNetmask = _framedIpNetmask,
            FramedRoutes = _framedRoutes,
            FramedMtu = _framedMtu,
            FramedPool = _framedPool,
            IdleTimeout = _idleTimeout,
            SessionTimeout = _sessionTimeout,
            AcctInterimInterval = _acctInterimInterval,
            TerminationAction = _terminationAction,
            Classes = _classes,
            State = _state,
            FilterIds = _filterIds,
            MpdLimits = _mpdLimits,
            ReplyMessage = _replyMessage,
            PrimaryDns = _primaryDns,
            SecondaryDns = _secondaryDns,
            PrimaryNbns = _primaryNbns,
            SecondaryNbns = _secondaryNbns,
            MsChap2Success = _msChap2Success,
            MsChapError = _msChapError,
            MpdAction = _mpdAction,
            FramedIpv6Prefixes = _framedIpv6Prefixes,
            DelegatedIpv6Prefixes = _delegatedIpv6Prefixes,
            FramedIpv6Addresses = _framedIpv6Addresses,
            FramedIpv6Routes = _framedIpv6Routes,
            FramedIpv6Pool = _framedIpv6Pool,
            Rejection = _rejection,
            Problems = _problems,
            EmptyAttributes = _emptyAttributes,
        };

        public void Reject(string why) => _rejection ??= why;

        public void Take(AttributeView attribute, int end)
        {
            if (attribute.Value.IsEmpty && IsEmptyText(0, attribute.Type)) return;
            switch (attribute.Type)
            {
                case RadiusAttributeType.UserName: _userName = PeerText.Decode(attribute.Value); break; // each octet
                case RadiusAttributeType.ServiceType:
                    if (Integer(attribute, "Service-Type", out var service) && service != ServiceTypeFramed)
                        Reject($"Service-Type {service} is not offered, only Framed-User (2)");
                    break;
                case RadiusAttributeType.FramedProtocol:
                    if (Integer(attribute, "Framed-Protocol", out var protocol) && protocol != FramedProtocolPpp)
                        Reject($"Framed-Protocol {protocol} is not offered, only PPP (1)");
                    break;
                case RadiusAttributeType.FramedIpAddress:
                    if (!Integer(attribute, "Framed-IP-Address", out var address)) break;
                    _addressChoice = address switch
                    {
                        AddressByUser => FramedAddressChoice.User,
                        AddressByNas or 0 => FramedAddressChoice.Nas,
                        _ => FramedAddressChoice.Fixed,
                    };
                    _framedIpAddress = _addressChoice == FramedAddressChoice.Fixed ? new Ipv4Address(address) : default;
                    break;
                case RadiusAttributeType.FramedIpNetmask:
                    if (!Integer(attribute, "Framed-IP-Netmask", out var mask)) break;
                    if (LengthOf(mask) > 0) _framedIpNetmask = new Ipv4Address(mask);
                    else Problem($"Framed-IP-Netmask {new Ipv4Address(mask)} is ignored: it is not a mask of 1 to 32 bits");
                    break;
                case RadiusAttributeType.FramedRoute:
                    // the octets: the text replaces tabs, and the final zero that some servers send
                    Span<char> text = stackalloc char[attribute.Value.Length];
                    Encoding.Latin1.GetChars(attribute.Value, text);
                    if (TryReadRoute(text, out var route)) _framedRoutes = _framedRoutes.Add(route);
                    else Problem($"Framed-Route '{Text(attribute.Value)}' is not 'network/length gateway metric'");
                    break;
                case RadiusAttributeType.FramedMtu:
                    if (!Integer(attribute, "Framed-MTU", out var mtu)) break;
                    if (mtu is >= 64 and <= ushort.MaxValue) _framedMtu = (ushort)mtu;
                    else Problem($"Framed-MTU {mtu} is not within 64 to 65535");
                    break;
                case RadiusAttributeType.FramedPool: _framedPool = Text(attribute.Value); break;
                case RadiusAttributeType.IdleTimeout:
                    if (Integer(attribute, "Idle-Timeout", out var idle)) _idleTimeout = Limit(idle);
                    break;
                case RadiusAttributeType.SessionTimeout:
                    if (Integer(attribute, "Session-Timeout", out var session)) _sessionTimeout = Limit(session);
                    break;
                case RadiusAttributeType.AcctInterimInterval:
                    if (!Integer(attribute, "Acct-Interim-Interval", out var interim)) break;
                    if (interim is > 0 and < MinInterimSeconds)
                        Problem($"Acct-Interim-Interval {interim} s is taken as {MinInterimSeconds} s, the least that RFC 2869 allows");
                    _acctInterimInterval = TimeSpan.FromSeconds(interim == 0 ? 0 : Math.Max(interim, MinInterimSeconds));
                    break;
                case RadiusAttributeType.TerminationAction:
                    if (Integer(attribute, "Termination-Action", out var action)) _terminationAction = action;
                    break;
                case RadiusAttributeType.Class: _classes = _classes.Add(Slice(attribute, end)); break;
                case RadiusAttributeType.State: _state = Slice(attribute, end); break;
                case RadiusAttributeType.FilterId: _filterIds = _filterIds.Add(Text(attribute.Value)); break;
                case RadiusAttributeType.ReplyMessage:
                    var message = Text(attribute.Value);
                    _replyMessage = _replyMessage.Length == 0 ? message : $"{_replyMessage} {message}";
                    break;
                case RadiusAttributeType.FramedIpv6Prefix:
                    if (Prefix(attribute, "Framed-IPv6-Prefix", out var framed)) _framedIpv6Prefixes = _framedIpv6Prefixes.Add(framed);
                    break;
                case RadiusAttributeType.DelegatedIpv6Prefix:
                    if (Prefix(attribute, "Delegated-IPv6-Prefix", out var delegated))
                        _delegatedIpv6Prefixes = _delegatedIpv6Prefixes.Add(delegated);
                    break;
                case RadiusAttributeType.FramedIpv6Address:
                    if (attribute.Value.Length != 16) Reject("its Framed-IPv6-Address has not 16 octets");
                    else _framedIpv6Addresses = _framedIpv6Addresses.Add(BinaryPrimitives.ReadUInt128BigEndian(attribute.Value));
                    break;
                case RadiusAttributeType.FramedIpv6Route: _framedIpv6Routes = _framedIpv6Routes.Add(Text(attribute.Value)); break;
                case RadiusAttributeType.FramedIpv6Pool: _framedIpv6Pool = Text(attribute.Value); break;
                case RadiusAttributeType.VendorSpecific:
                    foreach (var vendor in VendorAttributeView.In(attribute)) Take(vendor);
                    break;
            }
        }

        /// <summary>An empty text or string says nothing, and is not sent on (RFC 2865 section 5).</summary>
        private bool IsEmptyText(uint vendor, byte type)
        {
            if (RadiusDictionary.Default.Find(vendor, type) is not { Kind: RadiusValueKind.Text or RadiusValueKind.Octets } known)
                return false;
            _emptyAttributes++;
            Problem($"{known.Name} is empty and is ignored");
            return true;
        }

        private void Take(VendorAttributeView attribute)
        {
            if (attribute.Value.IsEmpty && IsEmptyText(attribute.Vendor, attribute.Type)) return;
            switch (attribute.Vendor, attribute.Type)
            {
                case (RadiusVendor.Microsoft, MicrosoftAttributeType.PrimaryDnsServer): _primaryDns = Server(attribute); break;
                case (RadiusVendor.Microsoft, MicrosoftAttributeType.SecondaryDnsServer): _secondaryDns = Server(attribute); break;
                case (RadiusVendor.Microsoft, MicrosoftAttributeType.PrimaryNbnsServer): _primaryNbns = Server(attribute); break;
                case (RadiusVendor.Microsoft, MicrosoftAttributeType.SecondaryNbnsServer): _secondaryNbns = Server(attribute); break;
                case (RadiusVendor.Microsoft, MicrosoftAttributeType.MsChap2Success): _msChap2Success = AfterIdent(attribute); break;
                case (RadiusVendor.Microsoft, MicrosoftAttributeType.MsChapError): _msChapError = AfterIdent(attribute); break;
                case (RadiusVendor.Mpd, MpdAttributeType.Action):
                    _mpdAction = Text(attribute.Value);
                    if (_mpdAction == "drop") Reject("mpd-action is drop");
                    else Problem($"mpd-action '{_mpdAction}' is ignored, only drop is supported");
                    break;
                case (RadiusVendor.Mpd, MpdAttributeType.Limit):
                    var limit = Text(attribute.Value);
                    if (MpdLimit.TryParse(limit, out _)) _mpdLimits = _mpdLimits.Add(limit);
                    else Problem($"mpd-limit '{limit}' is not {MpdLimit.Form}");
                    break;
            }
        }

        /// <summary>RFC 2865 section 5: an Accept with an attribute of invalid length must be treated as a Reject.</summary>
        private bool Integer(AttributeView attribute, string name, out uint value)
        {
            if (attribute.TryReadUInt32(out value)) return true;
            Reject($"its {name} has {attribute.Value.Length} octets instead of 4");
            return false;
        }

        /// <summary>Reserved, Prefix-Length, as many octets of the prefix as there are (RFC 3162 section 2.3).</summary>
        private bool Prefix(AttributeView attribute, string name, out Ipv6Prefix prefix)
        {
            prefix = default;
            var value = attribute.Value;
            if (value.Length is < 2 or > 18 || value[1] > 128 || value.Length - 2 < (value[1] + 7) / 8)
            {
                Reject($"its {name} is malformed");
                return false;
            }
            Span<byte> network = stackalloc byte[16];
            network.Clear();
            value[2..].CopyTo(network);
            prefix = new Ipv6Prefix(BinaryPrimitives.ReadUInt128BigEndian(network), value[1]);
            return true;
        }

        private Ipv4Address? Server(VendorAttributeView attribute)
        {
            if (attribute.TryReadIpv4(out var address))
            {
                if (address.IsNone || ReservedNetworks.WhyNoHost(address) is not { } why) return address;
                Problem($"the name server {address} is ignored: it {why}");
                return null;
            }
            Problem($"vendor {attribute.Vendor} attribute {attribute.Type} has {attribute.Value.Length} octets instead of 4");
            return null;
        }

        private void Problem(string what) => _problems = _problems.Add(what);

        private readonly ReadOnlyMemory<byte> Slice(AttributeView attribute, int end) =>
            octets.AsMemory(end - attribute.Value.Length, attribute.Value.Length);

        private static TimeSpan? Limit(uint seconds) => seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
        private static string AfterIdent(VendorAttributeView attribute) => attribute.Value.IsEmpty ? "" : Text(attribute.Value[1..]);
        private static string Text(ReadOnlySpan<byte> value) => TextAttribute.Read(value);
    }
}
