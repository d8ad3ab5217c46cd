using System.Net.Sockets;

namespace Akka.LNS.Stress.Figures;

/// <summary>Client of the HTTP API of an LNS. Its address is a URL, or "unix:" and the path of a socket.</summary>
internal sealed class LnsApi : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly HttpClient _http;
    private readonly Uri _load;

    public LnsApi(string address)
    {
        const string Unix = "unix:";
        if (address.StartsWith(Unix, StringComparison.Ordinal))
        {
            var path = address[Unix.Length..];
            _load = new Uri("http://lns/api/v1/load");
            _http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancel) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    try
                    {
                        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                        return new NetworkStream(socket, ownsSocket: true);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
            })
            { Timeout = Patience };
            return;
        }
        _load = new Uri(new Uri(address), "/api/v1/load");
        _http = new HttpClient { Timeout = Patience };
    }

    public static bool IsAddress(string address) => address.StartsWith("unix:/", StringComparison.Ordinal)
        || (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");

    /// <summary>Null: no answer, or no valid one.</summary>
    public async Task<LnsLoad?> GetLoadAsync(CancellationToken cancel)
    {
        try
        {
            return LnsLoad.Parse(await _http.GetByteArrayAsync(_load, cancel));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
