using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Tests.Lab;

internal delegate void WriteAttributes(ref RadiusPacketWriter writer);

/// <summary>A RADIUS server on one free port of loopback, for authentication and accounting. The test sets its answers.</summary>
internal sealed class TestRadius : IDisposable
{
    public const string SharedSecret = "radius-" + TestNode.Secret;
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes(SharedSecret);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentQueue<RadiusRequest> _requests = new();
    private readonly Thread _thread;
    private int _unverifiedLogins;

    public TestRadius()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _thread = new Thread(Serve) { IsBackground = true, Name = "test radius" };
        _thread.Start();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Answer to an Access-Request. Default: accepted with the right password.</summary>
    public Action<RadiusRequest> OnLogin { get; set; } = static r => r.Judge();

    /// <summary>Answer to an Accounting-Request. Default: acknowledged.</summary>
    public Action<RadiusRequest> OnAccounting { get; set; } = static r => r.Answer(RadiusCode.AccountingResponse);

    /// <summary>Answer to a Status-Server. Default: none, as from a server without RFC 5997.</summary>
    public Action<RadiusRequest> OnProbe { get; set; } = static _ => { };

    /// <summary>Access-Requests that were not made with this server's secret; they are not answered.</summary>
    public int UnverifiedLogins => Volatile.Read(ref _unverifiedLogins);

    public IReadOnlyCollection<RadiusRequest> Requests => _requests;
    public IReadOnlyList<RadiusRequest> Logins => [.. _requests.Where(static r => r.Code == RadiusCode.AccessRequest)];

    /// <summary>Accounting-Requests in the order of arrival, of one kind or all.</summary>
    public IReadOnlyList<RadiusRequest> Records(string? kind = null) =>
        [.. _requests.Where(r => r.Code == RadiusCode.AccountingRequest && (kind is null || r.Kind == kind))];

    public override string ToString() =>
        string.Join('\n', _requests.Select(static r => $"{r.Code} {r.Kind} {r.User} {r.Text(RadiusAttributeType.AcctSessionId)}"));

    public RadiusServerSettings Server(string name = "test") => new()
    {
        Name = name, Authentication = EndPoint, Accounting = EndPoint, Secret = new Secret(SharedSecret),
        Timeout = TimeSpan.FromSeconds(20), Retries = 0, DeadAfter = 1000,
    };

    public RadiusSettings Settings() => new()
    {
        Servers = [Server()], Workers = 4, Accounting = new AccountingSettings { InterimInterval = TimeSpan.Zero },
    };

    private void Serve()
    {
        var buffer = new byte[RadiusPacketView.MaxLength];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = _socket.ReceiveFrom(buffer, ref from);
                if (!RadiusPacketView.TryRead(buffer.AsSpan(0, length), out var packet, out _)) continue;
                if (packet.VerifyRequest(Secret,
                    requireMessageAuthenticator: packet.Code != RadiusCode.AccountingRequest) != RadiusError.None)
                {
                    if (packet.Code == RadiusCode.AccessRequest) Interlocked.Increment(ref _unverifiedLogins);
                    continue;
                }
                var request = new RadiusRequest(_socket, (IPEndPoint)from, buffer[..length]);
                if (packet.Code != RadiusCode.StatusServer) _requests.Enqueue(request);
                if (packet.Code == RadiusCode.AccessRequest) OnLogin(request);
                else if (packet.Code == RadiusCode.AccountingRequest) OnAccounting(request);
                else if (packet.Code == RadiusCode.StatusServer) OnProbe(request);
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

/// <summary>One received request. The test answers it now or later.</summary>
internal sealed class RadiusRequest(Socket socket, IPEndPoint from, byte[] octets)
{
    public RadiusCode Code => View.Code;
    public byte[] Octets => octets;
    public string User => Text(RadiusAttributeType.UserName);
    public string Session => Text(RadiusAttributeType.AcctSessionId);
    public string Kind => Code == RadiusCode.AccountingRequest
        ? ((AccountingKind)Number(RadiusAttributeType.AcctStatusType)).ToString() : "";

    public RadiusPacketView View
    {
        get
        {
            Assert.True(RadiusPacketView.TryRead(octets, out var view, out _));
            return view;
        }
    }

    public string Text(byte type) => View.TryFind(type, out var a) ? Encoding.UTF8.GetString(a.Value) : "";
    public string Text(uint vendor, byte type) => View.TryFind(vendor, type, out var a) ? Encoding.UTF8.GetString(a.Value) : "";
    public uint Number(byte type) => View.TryFind(type, out var a) && a.TryReadUInt32(out var value) ? value : 0;
    public bool Has(byte type) => View.TryFind(type, out _);

    public void Answer(RadiusCode code, WriteAttributes? write = null, string secret = TestRadius.SharedSecret, bool signed = true)
    {
        Span<byte> buffer = stackalloc byte[RadiusPacketView.MaxLength];
        var writer = RadiusPacketWriter.Response(buffer, code, octets[1], View.Authenticator, signed);
        write?.Invoke(ref writer);
        socket.SendTo(buffer[..writer.Finish(Encoding.UTF8.GetBytes(secret))], from);
    }

    /// <summary>Sends any octets to the source of the request.</summary>
    /// <param name="via">Another socket than the server's: another address or port.</param>
    public void AnswerRaw(ReadOnlySpan<byte> answer, Socket? via = null) => (via ?? socket).SendTo(answer, from);

    /// <summary>A correct Access-Accept.</summary>
    public byte[] Accept()
    {
        var buffer = new byte[RadiusPacketView.MaxLength];
        var writer = RadiusPacketWriter.Response(buffer, RadiusCode.AccessAccept, octets[1], View.Authenticator, true);
        return buffer[..writer.Finish(Encoding.UTF8.GetBytes(TestRadius.SharedSecret))];
    }

    /// <summary>Accept with the right password, else reject.</summary>
    public void Judge(WriteAttributes? accept = null, WriteAttributes? reject = null)
    {
        if (Knows(TestNode.Password, out var success))
        {
            Answer(RadiusCode.AccessAccept, (ref RadiusPacketWriter w) =>
            {
                if (success.Length > 0) w.VendorOctets(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChap2Success,
                    [1, .. Encoding.ASCII.GetBytes(success)]);
                accept?.Invoke(ref w);
            });
        }
        else
        {
            Answer(RadiusCode.AccessReject, reject);
        }
    }

    private bool Knows(string password, out string success)
    {
        success = "";
        if (View.TryFind(RadiusAttributeType.UserPassword, out var hidden))
        {
            Span<byte> shown = stackalloc byte[UserPassword.MaxLength];
            return UserPassword.TryShow(hidden.Value, View.Authenticator, Encoding.UTF8.GetBytes(TestRadius.SharedSecret), shown,
                out var length)
                && Encoding.UTF8.GetString(shown[..length]) == password;
        }
        if (View.TryFind(RadiusAttributeType.ChapPassword, out var chap))
        {
            var challenge = View.TryFind(RadiusAttributeType.ChapChallenge, out var c) ? c.Value : View.Authenticator;
            Span<byte> right = stackalloc byte[ChapMd5.ResponseLength];
            ChapMd5.Response(chap.Value[0], Encoding.UTF8.GetBytes(password), challenge, right);
            return right.SequenceEqual(chap.Value[1..]);
        }
        if (View.TryFind(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChap2Response, out var response)
            && View.TryFind(RadiusVendor.Microsoft, MicrosoftAttributeType.MsChapChallenge, out var ours))
        {
            var peer = response.Value.Slice(2, 16);
            var nt = response.Value.Slice(26, 24);
            var name = MsChapV2.WithoutDomain(Encoding.UTF8.GetBytes(User));
            Span<byte> right = stackalloc byte[MsChapV2.NtResponseLength];
            MsChapV2.GenerateNtResponse(ours.Value, peer, name, password, right);
            success = MsChapV2.GenerateAuthenticatorResponse(password, nt, peer, ours.Value, name);
            return right.SequenceEqual(nt);
        }
        return false;
    }
}
