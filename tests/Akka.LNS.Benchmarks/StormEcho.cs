using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Akka.LNS.Stress.Lacs;
using Akka.LNS.Stress.Sockets;
using Akka.LNS.Wire;

namespace Akka.LNS.Benchmarks;

/// <summary>Round trips of 1,000 UDP packets per second from one subscriber to a server behind the LNS.</summary>
/// <remarks>Subscriber and server have a thread each with real-time priority, so that the round trip is that of lnsd and not that of a
/// generator that waits for a processor.</remarks>
internal sealed class StormEcho : ITraffic, IDisposable
{
    private const int Octets = 512;
    private const ushort Port = 4000;
    private static readonly long Interval = Stopwatch.Frequency / 1000;
    private readonly LoadGenerator _load;
    private readonly DatagramSocket _server;
    private readonly Thread _client, _echo;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly List<double> _roundTrips = []; // microseconds
    private readonly byte[] _packet;
    private long _sent;

    /// <param name="load">A generator with one session that is up. It belongs to the echo from now on.</param>
    /// <param name="server">Address of the server.</param>
    public StormEcho(LoadGenerator load, Ipv4Address server)
    {
        _load = load;
        _server = new DatagramSocket(new UdpEndpoint(server, 0), 1 << 20);
        _packet = ForwardTraffic.Packet(load.AddressOf(0), Port, _server.Bound, Octets);
        NextSend = Stopwatch.GetTimestamp() + Interval;
        load.Traffic = this;
        _client = Start("echo client", () => _load.Hold(TimeSpan.FromMinutes(30), _end.Token));
        _echo = Start("echo server", Echo);
    }

    public long NextSend { get; private set; }

    /// <summary>Removes the round trips so far and returns them in microseconds, sorted, with the number of packets that were
    /// sent.</summary>
    public (List<double> RoundTrips, long Sent) Take()
    {
        lock (_gate)
        {
            var (taken, sent) = (_roundTrips.Order().ToList(), _sent);
            _roundTrips.Clear();
            _sent = 0;
            return (taken, sent);
        }
    }

    public void OnIp(int index, ReadOnlySpan<byte> packet)
    {
        if (packet.Length != Octets) return;
        var since = BinaryPrimitives.ReadInt64BigEndian(packet[ForwardTraffic.Headers..]);
        lock (_gate) _roundTrips.Add(Stopwatch.GetElapsedTime(since).TotalMicroseconds);
    }

    /// <summary>A time that has passed is made up for, so that a stop of lnsd counts for as many packets as it lasts
    /// milliseconds.</summary>
    public void Send()
    {
        for (var now = Stopwatch.GetTimestamp(); NextSend <= now; NextSend += Interval)
        {
            BinaryPrimitives.WriteInt64BigEndian(_packet.AsSpan(ForwardTraffic.Headers), NextSend);
            _load.SendIp(0, _packet);
            _sent++;
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _client.Join();
        _echo.Join();
        _load.Traffic = null;
        _server.Dispose();
        _end.Dispose();
    }

    private void Echo()
    {
        while (!_end.IsCancellationRequested)
        {
            _server.Wait(TimeSpan.FromMilliseconds(200));
            for (int count; (count = _server.Receive()) > 0;)
                for (var i = 0; i < count; i++)
                {
                    _server.Received(i).CopyTo(_server.NextSlot());
                    _server.Add(_server.Received(i).Length, _server.Sender(i));
                }
            _server.Flush();
        }
    }

    private static Thread Start(string name, Action body)
    {
        var thread = new Thread(() =>
        {
            RealTime();
            body();
        })
        { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    /// <summary>Gives the calling thread real-time priority (SCHED_RR of sched(7)). Without the right it stays as it is.</summary>
    private static void RealTime()
    {
        var id = Path.GetFileName(new FileInfo("/proc/thread-self").LinkTarget!);
        using var process = Process.Start(new ProcessStartInfo("chrt", ["--rr", "--pid", "1", id.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
        });
        process?.WaitForExit();
    }
}
