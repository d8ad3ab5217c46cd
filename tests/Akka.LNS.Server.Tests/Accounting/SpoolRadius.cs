using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Server.Tests.Accounting;

/// <summary>One Accounting-Request as received.</summary>
internal sealed class SpoolRecord
{
    private readonly byte[] _octets;

    public SpoolRecord(byte[] octets, bool answered)
    {
        (_octets, Answered) = (octets, answered);
        Assert.True(RadiusPacketView.TryRead(octets, out var packet, out _));
        Kind = (AccountingKind)Number(packet, RadiusAttributeType.AcctStatusType);
        Session = Text(packet, RadiusAttributeType.AcctSessionId);
        User = Text(packet, RadiusAttributeType.UserName);
        TerminateCause = (AcctTerminateCauseValue)Number(packet, RadiusAttributeType.AcctTerminateCause);
        EventTimestamp = Number(packet, RadiusAttributeType.EventTimestamp);
        SessionTime = Number(packet, RadiusAttributeType.AcctSessionTime);
        FramedIpAddress = packet.TryFind(RadiusAttributeType.FramedIpAddress, out var a) ? new IPAddress(a.Value).ToString() : "";
    }

    public bool Answered { get; }
    public AccountingKind Kind { get; }
    public string Session { get; }
    public string User { get; }
    public AcctTerminateCauseValue TerminateCause { get; }
    public uint EventTimestamp { get; }
    public uint SessionTime { get; }
    public string FramedIpAddress { get; }

    /// <summary>All attributes except the delay and those that differ in every packet.</summary>
    public string Content
    {
        get
        {
            List<string> attributes = [];
            for (var at = RadiusPacketView.HeaderLength; at < _octets.Length; at += _octets[at + 1])
                if (_octets[at] is not (RadiusAttributeType.AcctDelayTime or RadiusAttributeType.MessageAuthenticator))
                    attributes.Add(Convert.ToHexString(_octets, at, _octets[at + 1]));
            return string.Join(' ', attributes);
        }
    }

    public override string ToString() =>
        $"{Kind} {User} {Session} {(Kind == AccountingKind.Stop ? TerminateCause : "")}{(Answered ? "" : " not answered")}";

    private static string Text(RadiusPacketView packet, byte type) =>
        packet.TryFind(type, out var a) ? Encoding.UTF8.GetString(a.Value) : "";
    private static uint Number(RadiusPacketView packet, byte type) =>
        packet.TryFind(type, out var a) && a.TryReadUInt32(out var value) ? value : 0;
}

/// <summary>An accounting server that keeps every octet, and answers or does not.</summary>
internal sealed class SpoolRadius : IDisposable
{
    public const string SharedSecret = "accounting-5ecret";
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes(SharedSecret);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
    private readonly ConcurrentQueue<SpoolRecord> _records = new();
    private readonly Thread _thread;

    public SpoolRadius()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _thread = new Thread(Serve) { IsBackground = true, Name = "accounting server" };
        _thread.Start();
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Reads and does not answer.</summary>
    public volatile bool IsQuiet;

    public IReadOnlyList<SpoolRecord> Records => [.. _records];

    /// <summary>Sessions with an answered record of this kind.</summary>
    public int Answered(AccountingKind kind) =>
        _records.Where(r => r.Answered && r.Kind == kind).Select(static r => r.Session).Distinct().Count();

    public override string ToString() => string.Join('\n', _records);

    private void Serve()
    {
        byte[] buffer = new byte[RadiusPacketView.MaxLength], answer = new byte[RadiusPacketView.MaxLength];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = _socket.ReceiveFrom(buffer, ref from);
                if (!RadiusPacketView.TryRead(buffer.AsSpan(0, length), out var packet, out _)
                    || packet.Code != RadiusCode.AccountingRequest
                    || packet.VerifyRequest(Secret, requireMessageAuthenticator: false) != RadiusError.None) continue;
                var isQuiet = IsQuiet;
                _records.Enqueue(new SpoolRecord(packet.Octets.ToArray(), !isQuiet));
                if (isQuiet) continue;
                var writer = RadiusPacketWriter.Response(answer, RadiusCode.AccountingResponse, packet.Identifier, packet.Authenticator);
                _socket.SendTo(answer.AsSpan(0, writer.Finish(Secret)), from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }
}
