using System.Collections.Immutable;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Protocol.Radius;

/// <summary>NAS-Identifier and NAS-IP-Address of this node.</summary>
/// <param name="Addresses">Empty: no address is known, so no NAS-IP-Address is that of this node.</param>
public sealed record NasIdentity(string NasIdentifier, ImmutableArray<Ipv4Address> Addresses)
{
    /// <summary>The same for NAS-IPv6-Address.</summary>
    public ImmutableArray<UInt128> Ipv6Addresses { get; init; } = [];
}

/// <summary>Why a request is refused.</summary>
/// <param name="Detail">Attribute and what is wrong with it, for the log.</param>
public readonly record struct DynamicAuthorizationRefusal(ErrorCause Cause, string Detail);

/// <summary>Content of a Disconnect-Request or CoA-Request (RFC 5176 section 2).</summary>
/// <param name="Message">Reply-Messages, for the log.</param>
/// <param name="EventTimestamp">Seconds since 1970 UTC; null: there is none, or it is malformed.</param>
/// <param name="Refusal">What is wrong with it; null: nothing. With a refusal, selector and change are incomplete.</param>
public sealed record DynamicAuthorizationRequest(bool IsDisconnect, SessionSelector Session, SessionChange Change, string Message,
    uint? EventTimestamp, DynamicAuthorizationRefusal? Refusal)
{
    /// <summary>Number of attributes without a value. They are ignored (RFC 2865 section 5).</summary>
    public int EmptyAttributes { get; init; }

    private const uint ServiceTypeFramed = 2;
    private const uint FramedProtocolPpp = 1;

    /// <summary>Maximum number of characters of a Reply-Message that go into a reason or the log.</summary>
    private const int MaxText = 200;

    /// <summary>The beginning of <see cref="Message"/>, for the log.</summary>
    public string ShortMessage => Message.Length <= MaxText ? Message : Message[..MaxText];

    /// <summary>Reason with which a Disconnect-Request ends sessions.</summary>
    /// <param name="client">Name of the client.</param>
    /// <param name="address">Source address of the request.</param>
    public EndReason EndReasonOf(string client, string address) => new(EndParty.Radius, EndLayer.Bundle, EndCause.AdministrativeReset,
        $"Disconnect-Request of {client} ({address}){(Message.Length > 0 ? $": {ShortMessage}" : "")}");

    /// <summary>Reads a packet that proves its secret.</summary>
    /// <remarks>
    /// All or nothing: an attribute that neither identifies a session nor can be changed refuses the whole request. Of several faults, the
    /// refusal has the one that comes first in the order 404, 403, 405, 401, 407, 402.
    /// </remarks>
    /// <param name="raiseInterim">An Acct-Interim-Interval below the minimum is taken as the minimum, instead of a refusal.</param>
    public static DynamicAuthorizationRequest Read(RadiusPacketView packet, NasIdentity nas, bool raiseInterim = false)
    {
        var reader = new Reader(packet.Code == RadiusCode.DisconnectRequest, nas, raiseInterim);
        foreach (var attribute in packet.Attributes) reader.Take(attribute);
        return reader.Request();
    }

    /// <summary>
    /// Writes the answer to a request: Error-Cause of a NAK, Acct-Terminate-Cause of a Disconnect-ACK, and the Proxy-State of the request
    /// (RFC 5176 section 3.1 and 3.6).
    /// </summary>
    /// <param name="cause">null: an ACK.</param>
    /// <remarks>The same request and cause give the same octets. The answer has a Message-Authenticator when the request has one.</remarks>
    /// <returns>Octets written; 0 when the answer does not fit into the buffer.</returns>
    public static int WriteAnswer(Span<byte> buffer, RadiusPacketView request, ErrorCause? cause, ReadOnlySpan<byte> secret)
    {
        var isDisconnect = request.Code == RadiusCode.DisconnectRequest;
        var code = (isDisconnect, cause) switch
        {
            (true, null) => RadiusCode.DisconnectAck,
            (true, _) => RadiusCode.DisconnectNak,
            (false, null) => RadiusCode.CoaAck,
            (false, _) => RadiusCode.CoaNak,
        };
        var length = WriteAnswer(buffer, code, request, cause, secret, withCause: true);
        return length > 0 ? length : WriteAnswer(buffer, code, request, cause, secret, withCause: false);
    }

    /// <param name="withCause">False: only what must be there, which is never longer than the request.</param>
    private static int WriteAnswer(Span<byte> buffer, RadiusCode code, RadiusPacketView request, ErrorCause? cause,
        ReadOnlySpan<byte> secret, bool withCause)
    {
        var isSigned = request.TryFind(RadiusAttributeType.MessageAuthenticator, out _);
        var writer = RadiusPacketWriter.Response(buffer, code, request.Identifier, request.Authenticator, isSigned);
        if (withCause && cause is { } why) writer.UInt32(RadiusAttributeType.ErrorCause, (uint)why);
        else if (withCause && code == RadiusCode.DisconnectAck)
            writer.UInt32(RadiusAttributeType.AcctTerminateCause, (uint)AcctTerminateCauseValue.AdminReset);
        foreach (var attribute in request.Attributes)
            if (attribute.Type == RadiusAttributeType.ProxyState) writer.Octets(RadiusAttributeType.ProxyState, attribute.Value);
        return writer.Finish(secret);
    }

    private ref struct Reader(bool isDisconnect, NasIdentity nas, bool raiseInterim)
    {
        /// <summary>The order of faults, the first goes before the others.</summary>
        private static readonly ErrorCause[] Precedence =
        [
            ErrorCause.InvalidRequest, ErrorCause.NasIdentificationMismatch, ErrorCause.UnsupportedService, ErrorCause.UnsupportedAttribute,
            ErrorCause.InvalidAttributeValue, ErrorCause.MissingAttribute,
        ];

        private SessionSelector _session = SessionSelector.Empty;
        private bool _isContradictory; // apart from _session: a with-expression copies it before its values are read
        private SessionChange _change = SessionChange.None;
        private string _message = "";
        private uint? _timestamp;
        private DynamicAuthorizationRefusal? _refusal;
        private int _emptyAttributes;

        public DynamicAuthorizationRequest Request()
        {
            if (_isContradictory) _session = _session with { IsContradictory = true };
            if (_session.IsEmpty) Refuse(ErrorCause.MissingAttribute, "no attribute identifies the session");
            else if (!isDisconnect && _change.IsEmpty) Refuse(ErrorCause.MissingAttribute, "no attribute to change");
            return new DynamicAuthorizationRequest(isDisconnect, _session, _change, _message, _timestamp, _refusal)
            {
                EmptyAttributes = _emptyAttributes,
            };
        }

        public void Take(AttributeView a)
        {
            if (a.Value.IsEmpty && IsIgnoredEmpty(a.Type))
            {
                _emptyAttributes++;
                return;
            }
            switch (a.Type)
            {
                case RadiusAttributeType.UserName:
                    _session = _session with { UserName = One(a, "User-Name", _session.UserName) };
                    break;
                case RadiusAttributeType.AcctSessionId:
                    _session = _session with { AcctSessionId = One(a, "Acct-Session-Id", _session.AcctSessionId) };
                    break;
                case RadiusAttributeType.AcctMultiSessionId:
                    _session = _session with { AcctMultiSessionId = One(a, "Acct-Multi-Session-Id", _session.AcctMultiSessionId) };
                    break;
                case RadiusAttributeType.CallingStationId:
                    _session = _session with { CallingStationId = One(a, "Calling-Station-Id", _session.CallingStationId) };
                    break;
                case RadiusAttributeType.CalledStationId:
                    _session = _session with { CalledStationId = One(a, "Called-Station-Id", _session.CalledStationId) };
                    break;
                case RadiusAttributeType.FramedIpAddress:
                    if (Integer(a, "Framed-IP-Address", out var address))
                        _session = _session with { FramedIpAddress = Same(_session.FramedIpAddress, new Ipv4Address(address)) };
                    break;
                case RadiusAttributeType.NasPort:
                    if (Integer(a, "NAS-Port", out var port)) _session = _session with { NasPort = Same(_session.NasPort, port) };
                    break;
                case RadiusAttributeType.NasPortId: TakePort(a.Value); break;

                case RadiusAttributeType.NasIdentifier:
                    if (PeerText.Decode(a.Value) != nas.NasIdentifier)
                        Refuse(ErrorCause.NasIdentificationMismatch, $"NAS-Identifier '{PeerText.Decode(a.Value)}'");
                    break;
                case RadiusAttributeType.NasIpAddress:
                    if (Integer(a, "NAS-IP-Address", out var own) && !nas.Addresses.Contains(new Ipv4Address(own)))
                        Refuse(ErrorCause.NasIdentificationMismatch, $"NAS-IP-Address {new Ipv4Address(own)}");
                    break;
                case RadiusAttributeType.NasIpv6Address:
                    if (a.Value.Length != 16)
                        Refuse(ErrorCause.InvalidRequest, $"NAS-IPv6-Address has {a.Value.Length} octets instead of 16");
                    else if (!nas.Ipv6Addresses.Contains(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(a.Value)))
                        Refuse(ErrorCause.NasIdentificationMismatch, RadiusDictionary.Default.Render(a));
                    break;

                case RadiusAttributeType.ServiceType: // Authorize-Only is not offered (RFC 5176 section 3.2)
                    if (Integer(a, "Service-Type", out var service) && (isDisconnect || service != ServiceTypeFramed))
                        Refuse(ErrorCause.UnsupportedService, $"Service-Type {service}");
                    break;
                case RadiusAttributeType.FramedProtocol when !isDisconnect:
                    if (Integer(a, "Framed-Protocol", out var protocol) && protocol != FramedProtocolPpp)
                        Refuse(ErrorCause.UnsupportedService, $"Framed-Protocol {protocol}");
                    break;

                case RadiusAttributeType.SessionTimeout when !isDisconnect:
                    if (Integer(a, "Session-Timeout", out var session))
                        _change = _change with { SessionTimeout = TimeSpan.FromSeconds(session) };
                    break;
                case RadiusAttributeType.IdleTimeout when !isDisconnect:
                    if (Integer(a, "Idle-Timeout", out var idle)) _change = _change with { IdleTimeout = TimeSpan.FromSeconds(idle) };
                    break;
                case RadiusAttributeType.AcctInterimInterval when !isDisconnect:
                    if (!Integer(a, "Acct-Interim-Interval", out var interim)) break;
                    if (interim is > 0 and < SubscriberProfile.MinInterimSeconds && raiseInterim)
                        interim = SubscriberProfile.MinInterimSeconds;
                    if (interim is > 0 and < SubscriberProfile.MinInterimSeconds) // RFC 2869 section 5.16
                        Refuse(ErrorCause.InvalidAttributeValue,
                            $"Acct-Interim-Interval {interim} is below {SubscriberProfile.MinInterimSeconds} s (RFC 2869)");
                    _change = _change with { AcctInterimInterval = TimeSpan.FromSeconds(interim) };
                    break;
                case RadiusAttributeType.Class when !isDisconnect:
                    _change = _change with { Classes = [.. _change.Classes ?? [], a.Value.ToArray()] };
                    break;
                case RadiusAttributeType.FilterId when !isDisconnect:
                    _change = _change with { FilterIds = [.. _change.FilterIds ?? [], TextAttribute.Read(a.Value)] };
                    break;

                case RadiusAttributeType.EventTimestamp:
                    if (Integer(a, "Event-Timestamp", out var stamp)) _timestamp = stamp;
                    break;
                case RadiusAttributeType.ReplyMessage:
                    var message = TextAttribute.Read(a.Value);
                    _message = _message.Length == 0 ? message : $"{_message} {message}";
                    break;
                case RadiusAttributeType.ProxyState or RadiusAttributeType.MessageAuthenticator: break;
                // allowed in a Disconnect-Request (RFC 5176 section 3.6); neither identifies a session
                case RadiusAttributeType.Class or RadiusAttributeType.AcctTerminateCause when isDisconnect: break;

                case RadiusAttributeType.VendorSpecific: TakeVendor(a); break;
                default: Refuse(ErrorCause.UnsupportedAttribute, Shown(0, a.Type, RadiusDictionary.Default.Render(a))); break;
            }
        }

        private void TakeVendor(AttributeView outer)
        {
            var left = outer.Value.Length - VendorAttributeView.VendorIdLength;
            foreach (var a in VendorAttributeView.In(outer))
            {
                left -= a.Value.Length + AttributeView.HeaderLength;
                if (a.Value.IsEmpty && (a.Vendor, a.Type) == (RadiusVendor.Mpd, MpdAttributeType.Limit))
                {
                    _emptyAttributes++;
                    continue;
                }
                switch (a.Vendor, a.Type)
                {
                    case (RadiusVendor.Mpd, MpdAttributeType.Link or MpdAttributeType.Bundle or MpdAttributeType.Interface):
                        TakePort(a.Value);
                        break;
                    case (RadiusVendor.Mpd, MpdAttributeType.Limit) when !isDisconnect:
                        var limit = TextAttribute.Read(a.Value);
                        if (!MpdLimit.TryParse(limit, out _))
                            Refuse(ErrorCause.InvalidAttributeValue, $"mpd-limit '{limit}' is not {MpdLimit.Form}");
                        _change = _change with { MpdLimits = [.. _change.MpdLimits ?? [], limit] };
                        break;
                    default: Refuse(ErrorCause.UnsupportedAttribute, Shown(a.Vendor, a.Type, RadiusDictionary.Default.Render(a))); break;
                }
            }
            if (left != 0) Refuse(ErrorCause.InvalidRequest, "a Vendor-Specific attribute is malformed");
        }

        private void TakePort(ReadOnlySpan<byte> name)
        {
            if (PortName.TryRead(PeerText.Decode(name), out var port))
                _session = _session with { NamedPort = Same(_session.NamedPort, port) };
            else _isContradictory = true;
        }

        private string One(AttributeView a, string name, string? before)
        {
            if (a.Value.IsEmpty) Refuse(ErrorCause.InvalidRequest, $"{name} is empty");
            var text = PeerText.Decode(a.Value);
            if (before is not null && before != text) _isContradictory = true;
            return text;
        }

        private T Same<T>(T? before, T value) where T : struct, IEquatable<T>
        {
            if (before is { } there && !there.Equals(value)) _isContradictory = true;
            return value;
        }

        private bool Integer(AttributeView a, string name, out uint value)
        {
            if (a.TryReadUInt32(out value)) return true;
            Refuse(ErrorCause.InvalidRequest, $"{name} has {a.Value.Length} octets instead of 4");
            return false;
        }

        /// <summary>
        /// A text or string without a value says nothing. A name of the session is no such attribute: without it, the request would be
        /// about more sessions.
        /// </summary>
        private static bool IsIgnoredEmpty(byte type) => type switch
        {
            RadiusAttributeType.UserName or RadiusAttributeType.AcctSessionId or RadiusAttributeType.AcctMultiSessionId
                or RadiusAttributeType.CallingStationId or RadiusAttributeType.CalledStationId or RadiusAttributeType.NasPortId
                or RadiusAttributeType.NasIdentifier or RadiusAttributeType.ProxyState => false,
            _ => RadiusDictionary.Default.Find(0, type) is { Kind: RadiusValueKind.Text or RadiusValueKind.Octets },
        };

        private void Refuse(ErrorCause cause, string detail)
        {
            if (_refusal is { } earlier && Array.IndexOf(Precedence, earlier.Cause) <= Array.IndexOf(Precedence, cause)) return;
            _refusal = new DynamicAuthorizationRefusal(cause, detail);
        }

        /// <summary>Name and value; the dictionary hides secrets, and a value without a name could be one.</summary>
        private static string Shown(uint vendor, byte type, string rendered) =>
            $"{(RadiusDictionary.Default.Find(vendor, type) is null ? Name(vendor, type) : rendered)} cannot be changed or matched";

        private static string Name(uint vendor, byte type) =>
            RadiusDictionary.Default.Find(vendor, type)?.Name
            ?? (vendor == 0 ? $"attribute {type}" : $"attribute {type} of vendor {vendor}");
    }
}
