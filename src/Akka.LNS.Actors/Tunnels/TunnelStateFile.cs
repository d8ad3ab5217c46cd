using System.Collections.Immutable;
using System.Net;
using Akka.LNS.Actors.Inventory;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Protocol.L2tp;

namespace Akka.LNS.Actors.Tunnels;

/// <summary>
/// Keeps the tunnels that are up in a file, so that the next process can end them at their LACs. A timer of its own reads the table of
/// tunnels once per second and writes the file when something has changed. No tunnel waits for it.
/// </summary>
internal sealed class TunnelStateFile : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly string _path;
    private readonly TunnelTable _table;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private Timer? _timer;
    private KeptEndpoint[] _listening = [];
    private byte[] _written;
    private bool _isFailing, _isClosed;

    private TunnelStateFile(string path, TunnelTable table, ILogger log, byte[] written) =>
        (_path, _table, _log, _written) = (path, table, log, written);

    /// <summary>Tunnels of the process before.</summary>
    public ImmutableArray<KeptTunnel> Old { get; private init; } = [];

    /// <summary>Reads the file. A file that cannot be read or understood is reported and counts as empty.</summary>
    /// <param name="path">Null: no file, and nothing is kept.</param>
    public static TunnelStateFile? Open(string? path, TunnelTable table, ILogger log)
    {
        if (path is null) return null;
        path = Path.GetFullPath(path);
        try
        {
            var octets = File.Exists(path) ? File.ReadAllBytes(path) : [];
            var old = ImmutableArray<KeptTunnel>.Empty;
            if (octets.Length > 0 && !KeptTunnels.TryDecode(octets, out old, out var why)) log.TunnelStateIgnored(path, why);
            return new TunnelStateFile(path, table, log, octets) { Old = old };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.TunnelStateIgnored(path, e.Message);
            return new TunnelStateFile(path, table, log, []);
        }
    }

    /// <summary>Starts to write. Before it, the file has the tunnels of the process before.</summary>
    public void Begin(IReadOnlyList<IPEndPoint> listening)
    {
        lock (_gate)
        {
            if (_isClosed || _timer is not null) return;
            _listening = EndpointsOf(listening);
            _timer = new Timer(static file => ((TunnelStateFile)file!).Save(), this, TimeSpan.Zero, Interval);
        }
    }

    public static KeptEndpoint[] EndpointsOf(IReadOnlyList<IPEndPoint> listening) =>
        [.. listening.Select(static at => new KeptEndpoint(UdpFlow.ToValue(at.Address), (ushort)at.Port))];

    /// <summary>Writes the last state. Tunnels that have got a StopCCN are not in it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            Save();
            _isClosed = true;
            _timer?.Dispose();
        }
    }

    private void Save()
    {
        lock (_gate)
        {
            if (_isClosed || _timer is null) return;
            var tunnels = new List<KeptTunnel>();
            foreach (var tunnel in _table.All)
                if (tunnel.Phase == TunnelPhase.Up) tunnels.Add(tunnel.ToKept(_listening[tunnel.Flow.Listener]));
            var octets = KeptTunnels.Encode(tunnels);
            if (octets.AsSpan().SequenceEqual(_written)) return;
            try
            {
                var next = _path + ".new";
                File.WriteAllBytes(next, octets);
                File.Move(next, _path, overwrite: true); // a reader sees the old file or the new one
                _written = octets;
                if (_isFailing) _log.TunnelStateRecovered(_path);
                _isFailing = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!_isFailing) _log.TunnelStateFailing(_path, e.Message);
                _isFailing = true;
            }
        }
    }
}
