using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Protocol.Accounting;

namespace Akka.LNS.Server.Tests.Accounting;

/// <summary>
/// Passes Accounting-Requests to a server and the answers back. It drops every third Interim-Update, and delivers every third one late: at
/// times after the sender has given up, or after the Stop. It keeps every record.
/// </summary>
internal sealed class LossyRelay : IDisposable
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(1500);
    private readonly UdpClient _front = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ConcurrentDictionary<IPEndPoint, UdpClient> _backs = new();
    private readonly ConcurrentQueue<SpoolRecord> _records = new();
    private readonly CancellationTokenSource _end = new();
    private readonly IPEndPoint _server;
    private readonly Task _running;
    private int _interims;

    public LossyRelay(int serverPort)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        _running = Run();
    }

    public int Port => ((IPEndPoint)_front.Client.LocalEndPoint!).Port;

    /// <summary>What was sent by the nodes, each attempt.</summary>
    public IReadOnlyList<SpoolRecord> Records => [.. _records];

    /// <summary>Number of Interim-Updates that were dropped.</summary>
    public int Dropped { get; private set; }

    /// <summary>Number of Interim-Updates that came late.</summary>
    public int Delayed { get; private set; }

    private async Task Run()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var packet = await _front.ReceiveAsync(_end.Token);
                var record = new SpoolRecord(packet.Buffer, answered: true);
                _records.Enqueue(record);
                var back = _backs.GetOrAdd(packet.RemoteEndPoint, from => Back(from));
                switch (record.Kind == AccountingKind.Interim ? _interims++ % 3 : 2)
                {
                    case 0: Dropped++; break;
                    case 1:
                        Delayed++;
                        _ = SendLate(back, packet.Buffer);
                        break;
                    default: await back.SendAsync(packet.Buffer, _server, _end.Token); break;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // the server is down: its port is closed
            }
        }
    }

    private async Task SendLate(UdpClient back, byte[] packet)
    {
        try
        {
            await Task.Delay(Late, _end.Token);
            await back.SendAsync(packet, _server, _end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return; // as if it was lost
        }
    }

    private UdpClient Back(IPEndPoint from)
    {
        var back = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        _ = Answers();
        return back;

        async Task Answers()
        {
            while (!_end.IsCancellationRequested)
            {
                try
                {
                    var answer = await back.ReceiveAsync(_end.Token);
                    await _front.SendAsync(answer.Buffer, from, _end.Token);
                }
                catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
                {
                    return;
                }
                catch (SocketException)
                {
                    // the server or the node is down
                }
            }
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _running.Wait(TimeSpan.FromSeconds(5));
        _front.Dispose();
        foreach (var back in _backs.Values) back.Dispose();
        _end.Dispose();
    }
}
