using System.Buffers.Binary;
using System.Diagnostics;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Stress.Radius;

/// <summary>Settings of a <see cref="RadiusResponder"/>.</summary>
public sealed record RadiusResponderSettings
{
    public Ipv4Address Address { get; init; } = new(0x7F000001);
    /// <summary>Port of logins; 0: the system chooses, see <see cref="RadiusResponder.AuthenticationPort"/>.</summary>
    public ushort AuthenticationPort { get; init; }
    public ushort AccountingPort { get; init; }
    public required ReadOnlyMemory<byte> Secret { get; init; }
    /// <summary>Password of all users, for PAP and CHAP. Null: accept every login.</summary>
    public string? Password { get; init; }
    /// <summary>An Access-Request must have a Message-Authenticator (BlastRADIUS, CVE-2024-3596). Older LNSes send none.</summary>
    public bool RequireMessageAuthenticator { get; init; } = true;
    /// <summary>Time from request to answer.</summary>
    public TimeSpan Delay { get; init; }
    /// <summary>Acct-Interim-Interval in the Accept; zero: not sent.</summary>
    public TimeSpan InterimInterval { get; init; }
}

/// <summary>Counters of a responder.</summary>
/// <param name="MaxOutstanding">Maximum of requests without an answer, each counted once.</param>
/// <param name="Duplicates">Retransmitted requests. They are answered again and counted only here.</param>
/// <param name="Invalid">Datagrams that are no valid request or fail the secret. They are not answered.</param>
/// <param name="OpenSessions">Acct-Session-Ids with a Start and without a Stop.</param>
/// <param name="OutOfOrder">Second Starts of a session; Interims and Stops of a session without a Start.</param>
public readonly record struct RadiusCounts(
    long Access, long Rejected, long Starts, long Interims, long Stops, long OnOff, long Duplicates, long Invalid, int MaxOutstanding,
    int OpenSessions, long OutOfOrder);

/// <summary>Receives each new login.</summary>
/// <param name="user">User-Name.</param>
/// <param name="at">Time of arrival in Stopwatch ticks.</param>
internal delegate void LoginSeen(ReadOnlySpan<byte> user, long at);

/// <summary>Receives each new accounting request.</summary>
internal delegate void AccountingSeen(RadiusPacketView request);

/// <summary>A RADIUS server for tests, on its own thread: answers as <see cref="RadiusBehaviour"/> states and checks the
/// accounting.</summary>
public sealed class RadiusResponder : IDisposable
{
    private readonly record struct RequestKey(UdpEndpoint From, byte Identifier, bool IsAccounting);
    private sealed record Pending(RequestKey Request, UInt128 Authenticator, byte[] Octets);

    private readonly RadiusResponderSettings _settings;
    private readonly DatagramSocket _authentication;
    private readonly DatagramSocket _accounting;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly byte[] _password;
    private readonly Dictionary<RequestKey, UInt128> _last = [];  // a client has one request at a time with an identifier
    private readonly HashSet<UInt128> _open = [];                  // Acct-Session-Ids, hashed
    private readonly HashSet<(RequestKey, UInt128)> _unanswered = []; // requests in _pending: a retransmission gets no second answer
    private readonly PriorityQueue<Pending, long> _pending = new(); // by the time of the answer, because the delay can change
    private readonly AccountingBook _book = new();
    private readonly Random _random = new(1);
    private volatile RadiusBehaviour _behaviour;
    private AccountingFindings _findings;
    private RadiusCounts _counts;
    private RadiusCounts _published;
    private TimeSpan _cpu;
    private int _outstanding;
    private int _peak;
    private volatile bool _stop;

    /// <exception cref="System.ComponentModel.Win32Exception">No socket.</exception>
    public RadiusResponder(RadiusResponderSettings settings)
    {
        _settings = settings;
        _behaviour = new RadiusBehaviour { Delay = settings.Delay };
        _password = System.Text.Encoding.UTF8.GetBytes(settings.Password ?? "");
        _authentication = new DatagramSocket(new UdpEndpoint(settings.Address, settings.AuthenticationPort), 8 << 20);
        try
        {
            _accounting = new DatagramSocket(new UdpEndpoint(settings.Address, settings.AccountingPort), 8 << 20);
        }
        catch
        {
            _authentication.Dispose();
            throw;
        }
        _thread = new Thread(Run) { IsBackground = true, Name = "radius responder" };
        _thread.Start();
    }

    public Ipv4Address Address => _settings.Address;
    public ushort AuthenticationPort => _authentication.Bound.Port;
    public ushort AccountingPort => _accounting.Bound.Port;

    public RadiusCounts Counts
    {
        get { lock (_lock) return _published; }
    }

    /// <summary>Maximum of requests without an answer since the last call. For one reader.</summary>
    public int TakePeak() => Interlocked.Exchange(ref _peak, Volatile.Read(ref _outstanding));

    /// <summary>How it answers from now on.</summary>
    public RadiusBehaviour Behaviour
    {
        get => _behaviour;
        set => _behaviour = value;
    }

    /// <summary>Receives each new login, on the thread of the responder.</summary>
    internal LoginSeen? OnLogin { get; set; }

    /// <summary>Receives each new accounting request, on the thread of the responder.</summary>
    internal AccountingSeen? OnAccounting { get; set; }

    /// <summary>Result of the check of the accounting records so far.</summary>
    public AccountingFindings Findings
    {
        get { lock (_lock) return _findings; }
    }

    /// <summary>CPU time of the responder so far.</summary>
    public TimeSpan CpuTime
    {
        get { lock (_lock) return _cpu; }
    }

    public void Dispose()
    {
        if (_stop) return;
        _stop = true;
        _thread.Join();
        _authentication.Dispose();
        _accounting.Dispose();
    }

    private void Run()
    {
        while (!_stop)
        {
            var waitMilliseconds = 20; // then check whether to stop
            if (_pending.TryPeek(out _, out var at))
            {
                var due = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), at).TotalMilliseconds + 1;
                waitMilliseconds = (int)Math.Clamp(due, 0, waitMilliseconds);
            }
            DatagramSocket.WaitForEither(_authentication, _accounting, waitMilliseconds);
            Serve(_authentication, isAccounting: false);
            Serve(_accounting, isAccounting: true);
            Volatile.Write(ref _outstanding, _pending.Count);
            SendPending();
            lock (_lock) (_published, _cpu, _findings) = (_counts with { OpenSessions = _open.Count }, ThreadClock.CpuTime, _book.Findings);
        }
    }

    private void Serve(DatagramSocket socket, bool isAccounting)
    {
        for (var count = socket.Receive(); count > 0; count = socket.Receive())
        {
            var answered = 0;
            for (var i = 0; i < count; i++)
            {
                var behaviour = _behaviour;
                // a lost request counts nowhere
                if (behaviour.IsDead || (behaviour.LossShare > 0 && _random.NextDouble() < behaviour.LossShare)) continue;
                var from = socket.Sender(i);
                var slot = socket.NextSlot();
                var datagram = socket.Received(i);
                var length = Answer(datagram, from, isAccounting, slot);
                if (length == 0)
                {
                    _counts = _counts with { Invalid = _counts.Invalid + 1 };
                    continue;
                }
                var key = new RequestKey(from, datagram[1], isAccounting); // Code, Identifier, Length, Authenticator (RFC 2865 section 3)
                var authenticator = BinaryPrimitives.ReadUInt128BigEndian(datagram[4..]);
                if (_unanswered.Contains((key, authenticator))) continue; // its answer is pending
                var delay = slot[0] == (byte)RadiusCode.AccessReject ? behaviour.Delay + behaviour.RejectDelay : behaviour.Delay;
                if (delay == TimeSpan.Zero)
                {
                    socket.Add(length, from);
                    answered++;
                }
                else
                {
                    _unanswered.Add((key, authenticator));
                    var due = Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency);
                    _pending.Enqueue(new Pending(key, authenticator, slot[..length].ToArray()), due);
                }
                NoteOutstanding(_pending.Count + answered);
            }
            socket.Flush();
            if (count < DatagramSocket.BatchSize) return;
        }
    }

    private void NoteOutstanding(int count)
    {
        if (count > _counts.MaxOutstanding) _counts = _counts with { MaxOutstanding = count };
        for (var peak = Volatile.Read(ref _peak); peak < count;)
        {
            var was = Interlocked.CompareExchange(ref _peak, count, peak);
            if (was == peak) return;
            peak = was;
        }
    }

    private void SendPending()
    {
        var now = Stopwatch.GetTimestamp();
        while (_pending.TryPeek(out var next, out var at) && at <= now)
        {
            _pending.Dequeue();
            _unanswered.Remove((next.Request, next.Authenticator));
            var socket = next.Request.IsAccounting ? _accounting : _authentication;
            next.Octets.CopyTo(socket.NextSlot());
            socket.Add(next.Octets.Length, next.Request.From);
        }
        _authentication.Flush();
        _accounting.Flush();
    }

    private int Answer(ReadOnlySpan<byte> datagram, UdpEndpoint from, bool isAccounting, Span<byte> answer)
    {
        var secret = _settings.Secret.Span;
        if (!RadiusPacketView.TryRead(datagram, out var request, out _)) return 0;
        var mustHaveAuthenticator = _settings.RequireMessageAuthenticator && request.Code != RadiusCode.AccountingRequest;
        if (request.VerifyRequest(secret, requireMessageAuthenticator: mustHaveAuthenticator) != RadiusError.None) return 0;
        var good = isAccounting ? RadiusCode.AccountingResponse : RadiusCode.AccessAccept;
        if (request.Code == RadiusCode.StatusServer)
            return RadiusPacketWriter.Response(answer, good, request.Identifier, request.Authenticator).Finish(secret);
        if (request.Code != (isAccounting ? RadiusCode.AccountingRequest : RadiusCode.AccessRequest)) return 0;

        var key = new RequestKey(from, request.Identifier, isAccounting);
        var authenticator = BinaryPrimitives.ReadUInt128BigEndian(request.Authenticator);
        var isDuplicate = _last.TryGetValue(key, out var before) && before == authenticator;
        _last[key] = authenticator;
        if (isDuplicate) _counts = _counts with { Duplicates = _counts.Duplicates + 1 };

        var lie = LieNow();
        if (isAccounting)
        {
            if (!isDuplicate) Account(request);
            var response = RadiusPacketWriter.Response(
                answer, good, request.Identifier, request.Authenticator, withMessageAuthenticator: false);
            return Spoil(answer, response.Finish(secret), lie);
        }
        if (!isDuplicate && request.TryFind(RadiusAttributeType.UserName, out var user))
            OnLogin?.Invoke(user.Value, Stopwatch.GetTimestamp());
        var isRight = _settings.Password is null || IsPasswordRight(request);
        if (lie == RadiusLie.Reject) isRight = false;
        if (!isDuplicate)
            _counts = _counts with { Access = _counts.Access + 1, Rejected = _counts.Rejected + (isRight ? 0 : 1) };
        var verdict = isRight ? good : RadiusCode.AccessReject;
        var writer = RadiusPacketWriter.Response(answer, verdict, request.Identifier, request.Authenticator,
            withMessageAuthenticator: lie != RadiusLie.WithoutMessageAuthenticator);
        if (isRight)
        {
            writer.UInt32(RadiusAttributeType.ServiceType, 2); // Framed (RFC 2865 section 5.6)
            writer.UInt32(RadiusAttributeType.FramedProtocol, 1); // PPP (RFC 2865 section 5.7)
            if (_settings.InterimInterval > TimeSpan.Zero)
                writer.UInt32(RadiusAttributeType.AcctInterimInterval, (uint)_settings.InterimInterval.TotalSeconds);
        }
        return Spoil(answer, writer.Finish(secret), lie);
    }

    private RadiusLie LieNow()
    {
        var behaviour = _behaviour;
        if (behaviour.Lie == RadiusLie.None || _random.NextDouble() >= behaviour.LieShare) return RadiusLie.None;
        return behaviour.Lie != RadiusLie.Any ? behaviour.Lie
            : (RadiusLie)_random.Next((int)RadiusLie.WrongAuthenticator, (int)RadiusLie.Any);
    }

    /// <summary>Spoils a correct answer. Its length stays.</summary>
    private int Spoil(Span<byte> answer, int length, RadiusLie lie)
    {
        switch (lie)
        {
            // RFC 2865 section 3: Code, Identifier, Length, Authenticator
            case RadiusLie.WrongAuthenticator: _random.NextBytes(answer[4..20]); break;
            case RadiusLie.WrongIdentifier: answer[1]++; break;
            case RadiusLie.Garbage: _random.NextBytes(answer[..length]); break;
        }
        return length;
    }

    private void Account(RadiusPacketView request)
    {
        OnAccounting?.Invoke(request);
        var id = request.TryFind(RadiusAttributeType.AcctSessionId, out var session) ? Hash(session.Value) : 0;
        _ = request.TryFind(RadiusAttributeType.AcctStatusType, out var attribute);
        uint status = 0;
        _ = !attribute.Octets.IsEmpty && attribute.TryReadUInt32(out status);
        const uint Start = 1, Stop = 2, Interim = 3; // RFC 2866 section 5.1
        var user = request.TryFind(RadiusAttributeType.UserName, out var name) ? Hash(name.Value) : 0;
        var isLate = request.TryFind(RadiusAttributeType.AcctDelayTime, out var delay) && delay.TryReadUInt32(out var late) && late > 0;
        if (status == Start) _book.Start(id, user);
        else if (status == Stop) _book.Stop(id, user, isLate);
        else if (status == Interim) _book.Interim(id);
        var inOrder = status switch
        {
            Start => _open.Add(id),
            Stop => _open.Remove(id),
            Interim => _open.Contains(id),
            _ => true,
        };
        if (!inOrder) _counts = _counts with { OutOfOrder = _counts.OutOfOrder + 1 };
        _counts = status switch
        {
            Start => _counts with { Starts = _counts.Starts + 1 },
            Stop => _counts with { Stops = _counts.Stops + 1 },
            Interim => _counts with { Interims = _counts.Interims + 1 },
            _ => _counts with { OnOff = _counts.OnOff + 1 },
        };
    }

    private bool IsPasswordRight(RadiusPacketView request)
    {
        Span<byte> clear = stackalloc byte[UserPassword.MaxLength];
        if (request.TryFind(RadiusAttributeType.UserPassword, out var hidden))
        {
            return UserPassword.TryShow(hidden.Value, request.Authenticator, _settings.Secret.Span, clear, out var length)
                && clear[..length].SequenceEqual(_password);
        }
        if (!request.TryFind(RadiusAttributeType.ChapPassword, out var chap) || chap.Value.Length != 1 + ChapMd5.ResponseLength)
            return false;
        // RFC 2865 section 2.2: without the attribute, the Request Authenticator is the challenge
        var challenge = request.TryFind(RadiusAttributeType.ChapChallenge, out var own) ? own.Value : request.Authenticator;
        Span<byte> expected = stackalloc byte[ChapMd5.ResponseLength];
        ChapMd5.Response(chap.Value[0], _password, challenge, expected);
        return expected.SequenceEqual(chap.Value[1..]);
    }

    /// <summary>FNV-1a with 128 bits: distinguishes a million ids, and no text is kept.</summary>
    private static UInt128 Hash(ReadOnlySpan<byte> octets)
    {
        var prime = new UInt128(0x0000000001000000, 0x000000000000013B);
        var hash = new UInt128(0x6c62272e07bb0142, 0x62b821756295c58d);
        foreach (var octet in octets) hash = (hash ^ octet) * prime;
        return hash;
    }
}
