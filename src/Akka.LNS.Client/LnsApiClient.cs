using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Akka.LNS.Client;

/// <summary>The HTTP API of lnsd, typed. Every method throws <see cref="LnsApiException"/> when the API says no, cannot be reached or is not understood.</summary>
public sealed partial class LnsApiClient : IDisposable
{
    private const string V1 = "api/v1/";
    private readonly HttpClient _http;
    private readonly bool _showsCertificate;
    private string? _untrusted; // why; written by whoever shakes hands
    private bool _hasAnswered;

    /// <param name="http">With its base address; the client disposes it.</param>
    public LnsApiClient(HttpClient http) => _http = http;

    /// <param name="token">Null: none, as on a Unix socket.</param>
    /// <param name="timeout">For each request; null: 30 s.</param>
    /// <param name="tls">For https; null: the authorities of the system are trusted, and no certificate is shown.</param>
    public LnsApiClient(LnsApiAddress address, string? token = null, TimeSpan? timeout = null, LnsApiTls? tls = null)
    {
        _showsCertificate = tls is { HasCertificate: true } && address.IsHttps;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (address.UnixPath is { } path)
        {
            handler.UseProxy = false;
            handler.ConnectCallback = (_, cancellation) => ConnectAsync(path, cancellation);
        }
        if (address.IsHttps) handler.SslOptions = (tls ?? LnsApiTls.Load(null, null, null)).ToOptions(why => Volatile.Write(ref _untrusted, why));
        _http = new HttpClient(handler) { BaseAddress = address.Root, Timeout = timeout ?? TimeSpan.FromSeconds(30) };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task<StatusReport> GetStatusAsync(CancellationToken cancellation = default) => GetAsync("status", ApiJson.Default.StatusReport, cancellation);

    public Task<LoadReport> GetLoadAsync(CancellationToken cancellation = default) => GetAsync("load", ApiJson.Default.LoadReport, cancellation);

    /// <param name="sort">since, user, address, calling, called, lac, state, inOctets, outOctets, each with - in front for the other direction; null: -since.</param>
    public Task<SessionPage> ListSessionsAsync(SessionQuery? query = null, string? sort = null, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync((query ?? new SessionQuery()).Write(new QueryText("sessions")).Add("sort", sort).Add(page).Text, ApiJson.Default.SessionPage, cancellation);

    /// <param name="id">Acct-Session-Id.</param>
    public Task<SessionDetail> GetSessionAsync(string id, CancellationToken cancellation = default) =>
        GetAsync($"sessions/{Uri.EscapeDataString(id)}", ApiJson.Default.SessionDetail, cancellation);

    /// <summary>Measures the traffic of all sessions for a while.</summary>
    /// <param name="by">in, out, both; null: both.</param>
    /// <param name="within">How long, 0.1 s to 10 s.</param>
    /// <param name="limit">1 to 1000.</param>
    public Task<TopReport> GetTopAsync(string? by = null, TimeSpan? within = null, int? limit = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText("top").Add("by", by).Add("seconds", within?.TotalSeconds.ToString(CultureInfo.InvariantCulture)).Add("limit", limit?.ToString(CultureInfo.InvariantCulture)).Text,
            ApiJson.Default.TopReport, cancellation);

    /// <param name="id">Acct-Session-Id.</param>
    /// <param name="reason">Reaches the log and accounting; null: who dropped it.</param>
    public Task<DropResult> DropSessionAsync(string id, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"sessions/{Uri.EscapeDataString(id)}/drop", JsonContent.Create(new DropOneRequest(reason), ApiJson.Default.DropOneRequest),
            ApiJson.Default.DropResult, cancellation);

    public Task<DropResult> DropSessionsAsync(DropRequest which, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, "sessions/drop", JsonContent.Create(which, ApiJson.Default.DropRequest), ApiJson.Default.DropResult, cancellation);

    public Task<DrainReport> GetDrainAsync(CancellationToken cancellation = default) => GetAsync("drain", ApiJson.Default.DrainReport, cancellation);

    /// <summary>Orders it; <see cref="GetDrainAsync"/> says how far it is.</summary>
    public Task DrainAsync(DrainRequest? how = null, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, "drain", JsonContent.Create(how ?? new DrainRequest(), ApiJson.Default.DrainRequest), cancellation);

    /// <summary>Calls a drain off.</summary>
    public Task UndrainAsync(CancellationToken cancellation = default) => SendAsync(HttpMethod.Delete, "drain", null, cancellation);

    public Task<TunnelPage> ListTunnelsAsync(TunnelQuery? query = null, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText("tunnels").Add("lac", query?.Lac).Add("state", query?.State).Add(page).Text, ApiJson.Default.TunnelPage, cancellation);

    /// <param name="id">Ours.</param>
    public Task<TunnelDetail> GetTunnelAsync(int id, CancellationToken cancellation = default) => GetAsync($"tunnels/{id}", ApiJson.Default.TunnelDetail, cancellation);

    public Task<LinkPage> ListLinksAsync(SessionQuery? query = null, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync((query ?? new SessionQuery()).Write(new QueryText("links")).Add(page).Text, ApiJson.Default.LinkPage, cancellation);

    public Task<BundlePage> ListBundlesAsync(SessionQuery? query = null, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync((query ?? new SessionQuery()).Write(new QueryText("bundles")).Add(page).Text, ApiJson.Default.BundlePage, cancellation);

    public Task<LacList> ListLacsAsync(CancellationToken cancellation = default) => GetAsync("lacs", ApiJson.Default.LacList, cancellation);

    public Task<PoolList> ListPoolsAsync(CancellationToken cancellation = default) => GetAsync("pools", ApiJson.Default.PoolList, cancellation);

    public Task<LeasePage> ListLeasesAsync(string pool, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText($"pools/{Uri.EscapeDataString(pool)}/leases").Add(page).Text, ApiJson.Default.LeasePage, cancellation);

    public Task<RadiusReport> GetRadiusAsync(CancellationToken cancellation = default) => GetAsync("radius", ApiJson.Default.RadiusReport, cancellation);
    public Task<DynamicAuthorizationReport> GetDynamicAuthorizationAsync(CancellationToken cancellation = default) => GetAsync("dynamic-authorization", ApiJson.Default.DynamicAuthorizationReport, cancellation);

    public Task<DisconnectPage> ListDisconnectsAsync(DisconnectQuery? query = null, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText("disconnects").Add("user", query?.User).Add("lac", query?.Lac).Add("calling", query?.Calling).Add("cause", query?.Cause)
            .Add("since", query?.Since).Add(page).Text, ApiJson.Default.DisconnectPage, cancellation);

    public Task<LogLevelList> ListLogLevelsAsync(CancellationToken cancellation = default) => GetAsync("log/levels", ApiJson.Default.LogLevelList, cancellation);

    public Task<LogLevelList> SetLogLevelAsync(LogLevelChange change, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Put, "log/level", JsonContent.Create(change, ApiJson.Default.LogLevelChange), ApiJson.Default.LogLevelList, cancellation);

    /// <summary>What is said and done, live. The first comes at once: the trace is on.</summary>
    public async IAsyncEnumerable<TraceEvent> TraceAsync(TraceQuery query, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, V1 + query.Write(new QueryText("trace").Add("format", "json")).Text, null, static r => r.IsSuccessStatusCode, cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var reader = new StreamReader(stream);
        while (await LineAsync() is { } line) yield return Parse(line);

        async Task<string?> LineAsync()
        {
            try
            {
                return await reader.ReadLineAsync(cancellation);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw Unreachable(e);
            }
        }

        static TraceEvent Parse(string line)
        {
            try
            {
                return JsonSerializer.Deserialize(line, ApiJson.Default.TraceEvent) ?? throw new LnsApiException("the answer is empty");
            }
            catch (JsonException e)
            {
                throw new LnsApiException($"the answer is not what the API of lnsd says: {e.Message}", e);
            }
        }
    }

    /// <summary>Writes the messages of a trace as a pcap file, each as soon as it comes; returns when the trace has ended.</summary>
    /// <param name="open">Asked for the file when the trace is on; what it gives is closed here.</param>
    public async Task CaptureAsync(TraceQuery query, Func<Stream> open, CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, V1 + query.Write(new QueryText("trace").Add("format", "pcap")).Text, null, static r => r.IsSuccessStatusCode, cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await using var to = open();
        var buffer = new byte[16 << 10];
        while (true)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(buffer, cancellation);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw Unreachable(e);
            }
            if (read == 0) return;
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            await to.FlushAsync(cancellation);
        }
    }

    public Task<ConfigReport> GetConfigAsync(CancellationToken cancellation = default) => GetAsync("config", ApiJson.Default.ConfigReport, cancellation);

    /// <summary>What a reload would change.</summary>
    public Task<ConfigDiff> DiffConfigAsync(CancellationToken cancellation = default) => GetAsync("config/diff", ApiJson.Default.ConfigDiff, cancellation);

    /// <summary>The file that lnsd was started with.</summary>
    public Task<ConfigCheckReport> CheckConfigAsync(CancellationToken cancellation = default) => SendAsync(HttpMethod.Post, "config/check", null, ApiJson.Default.ConfigCheckReport, cancellation);

    /// <param name="text">HOCON, at most 4 MiB.</param>
    /// <param name="name">What errors call it; files that it names relatively are looked for beside it, on lnsd's machine.</param>
    public Task<ConfigCheckReport> CheckConfigAsync(string text, string name, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, new QueryText("config/check").Add("name", name).Text, new StringContent(text), ApiJson.Default.ConfigCheckReport, cancellation);

    /// <summary>The answer also says why nothing was applied.</summary>
    public async Task<ConfigReloadResult> ReloadConfigAsync(ConfigReloadRequest? how = null, CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Post, V1 + "config/reload", JsonContent.Create(how ?? new ConfigReloadRequest(), ApiJson.Default.ConfigReloadRequest),
            static r => r.IsSuccessStatusCode || r.StatusCode == HttpStatusCode.UnprocessableEntity, cancellation);
        return await ReadAsync(static (content, c) => content.ReadFromJsonAsync(ApiJson.Default.ConfigReloadResult, c), response, cancellation);
    }

    /// <summary>The process runs; needs no token.</summary>
    public async Task<bool> IsAliveAsync(CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, "/alive", null, isAnswer: static _ => true, cancellation);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Null: new tunnels and calls are taken; else why they are not. Needs no token.</summary>
    public async Task<string?> WhyNotReadyAsync(CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, "/ready", null, static r => r.IsSuccessStatusCode || r.StatusCode == HttpStatusCode.ServiceUnavailable, cancellation);
        return response.IsSuccessStatusCode ? null : (await ReadProblemAsync(response, cancellation))?.Detail ?? "not ready";
    }

    /// <summary>The description of the API, JSON; needs no token.</summary>
    public async Task<string> GetOpenApiAsync(CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, "/openapi/v1.json", null, static r => r.IsSuccessStatusCode, cancellation);
        return await ReadAsync(static (content, c) => content.ReadAsStringAsync(c)!, response, cancellation);
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e) when (!File.Exists(path))
        {
            socket.Dispose();
            throw new HttpRequestException("there is no such socket", e);
        }
        catch (ArgumentException e) // a path longer than sun_path (unix(7))
        {
            socket.Dispose();
            throw new HttpRequestException(e.Message, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, type, cancellation);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, V1 + path, body, static r => r.IsSuccessStatusCode, cancellation);
        return await ReadAsync((content, c) => content.ReadFromJsonAsync(type, c), response, cancellation);
    }

    private async Task SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, V1 + path, body, static r => r.IsSuccessStatusCode, cancellation);
    }

    /// <exception cref="LnsApiException">No answer, or not the one that was asked for.</exception>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, Func<HttpResponseMessage, bool> isAnswer, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
        catch (TaskCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new LnsApiException($"no answer within {_http.Timeout.TotalSeconds:0} s", e);
        }
        _hasAnswered = true;
        if (isAnswer(response)) return response;
        using (response) throw new LnsApiException(response.StatusCode, await ReadProblemAsync(response, cancellation));
    }

    private async Task<T> ReadAsync<T>(Func<HttpContent, CancellationToken, Task<T?>> read, HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            return await read(response.Content, cancellation) ?? throw new LnsApiException("the answer is empty");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new LnsApiException($"the answer is not what the API of lnsd says: {e.Message}", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(e);
        }
    }

    private static async Task<ProblemReport?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json") return null;
        try
        {
            return await response.Content.ReadFromJsonAsync(ApiJson.Default.ProblemReport, cancellation);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            return null;
        }
    }

    /// <summary>The cause stands inside: HTTP would put the name of a host in front of it that nobody knows.</summary>
    private LnsApiException Unreachable(Exception e) => new(
        Volatile.Read(ref _untrusted) is { } why ? why
        // a certificate that is refused is not told by an alert: lnsd ends the connection after the handshake
        : _showsCertificate && !_hasAnswered && (e is HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } || e.InnerException is IOException { InnerException: SocketException })
            ? "lnsd ended the connection when it had seen our certificate: no authority of lns.api.tls.client-ca has signed it for clients, or it is not valid now"
        : (e.InnerException ?? e).Message, e);
}
