using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Akka.LNS.Client;

/// <summary>
/// Typed client of the HTTP API of lnsd. Every method throws <see cref="LnsApiException"/> when the API refuses the request, does not
/// answer, or sends an answer that is not valid.
/// </summary>
public sealed partial class LnsApiClient : IDisposable
{
    private const string V1 = "api/v1/";
    private readonly HttpClient _http;
    private readonly bool _showsCertificate;
    private string? _untrusted; // why the certificate of lnsd is not trusted; written by the thread of the TLS handshake
    private bool _hasAnswered;

    /// <param name="http">Client with a base address. This object disposes it.</param>
    public LnsApiClient(HttpClient http) => _http = http;

    /// <param name="token">Bearer token; null: none, as on a Unix socket.</param>
    /// <param name="timeout">Timeout of each request; null: 30 s.</param>
    /// <param name="tls">Trust and certificate for https; null: the authorities of the system and no client certificate.</param>
    public LnsApiClient(LnsApiAddress address, string? token = null, TimeSpan? timeout = null, LnsApiTls? tls = null)
    {
        _showsCertificate = tls is { HasCertificate: true } && address.IsHttps;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (address.UnixPath is { } path)
        {
            handler.UseProxy = false;
            handler.ConnectCallback = (_, cancellation) => ConnectAsync(path, cancellation);
        }
        if (address.IsHttps)
            handler.SslOptions = (tls ?? LnsApiTls.Load(null, null, null)).ToOptions(why => Volatile.Write(ref _untrusted, why));
        _http = new HttpClient(handler) { BaseAddress = address.Root, Timeout = timeout ?? TimeSpan.FromSeconds(30) };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    private static ApiJson Json => ApiJson.Default;

    public Task<StatusReport> GetStatusAsync(CancellationToken cancellation = default) =>
        GetAsync("status", Json.StatusReport, cancellation);

    public Task<LoadReport> GetLoadAsync(CancellationToken cancellation = default) => GetAsync("load", Json.LoadReport, cancellation);

    /// <param name="since">Only points after this time; null: all.</param>
    public Task<HistoryReport> GetHistoryAsync(DateTimeOffset? since = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText("history").Add("since", since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)).Text,
            Json.HistoryReport, cancellation);

    public Task<NodeProblemList> ListProblemsAsync(CancellationToken cancellation = default) =>
        GetAsync("problems", Json.NodeProblemList, cancellation);

    /// <param name="sort">
    /// since, user, address, calling, called, lac, state, inOctets or outOctets; a leading - reverses the order; null: -since.
    /// </param>
    public Task<SessionPage> ListSessionsAsync(
        SessionQuery? query = null, string? sort = null, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync((query ?? new()).Write(new QueryText("sessions")).Add("sort", sort).Add(page).Text, Json.SessionPage, cancellation);

    /// <param name="id">Acct-Session-Id.</param>
    public Task<SessionDetail> GetSessionAsync(string id, CancellationToken cancellation = default) =>
        GetAsync($"sessions/{Uri.EscapeDataString(id)}", Json.SessionDetail, cancellation);

    /// <summary>Sessions that one word names: an id, else a user, an IPv4 address or a calling number, as a whole.</summary>
    public Task<SessionPage> FindSessionsAsync(string word, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText("sessions/find").Add("which", word).Add(page).Text, Json.SessionPage, cancellation);

    /// <summary>Measures the traffic of all sessions for some time.</summary>
    /// <param name="by">in, out, both; null: both.</param>
    /// <param name="within">Duration of the measurement, 0.1 s to 10 s.</param>
    /// <param name="limit">Number of sessions in the answer, 1 to 1000.</param>
    public Task<TopReport> GetTopAsync(
        string? by = null, TimeSpan? within = null, int? limit = null, CancellationToken cancellation = default)
    {
        var seconds = within?.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var query = new QueryText("top").Add("by", by).Add("seconds", seconds).Add("limit", limit?.ToString(CultureInfo.InvariantCulture));
        return GetAsync(query.Text, Json.TopReport, cancellation);
    }

    /// <param name="id">Acct-Session-Id.</param>
    /// <param name="reason">Text for the log and accounting; null: the name of the caller.</param>
    public Task<DropResult> DropSessionAsync(string id, string? reason = null, CancellationToken cancellation = default)
    {
        var body = JsonContent.Create(new DropOneRequest(reason), Json.DropOneRequest);
        return SendAsync(HttpMethod.Post, $"sessions/{Uri.EscapeDataString(id)}/drop", body, Json.DropResult, cancellation);
    }

    public Task<DropResult> DropSessionsAsync(DropRequest which, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, "sessions/drop", JsonContent.Create(which, Json.DropRequest), Json.DropResult, cancellation);

    public Task<DrainReport> GetDrainAsync(CancellationToken cancellation = default) => GetAsync("drain", Json.DrainReport, cancellation);

    /// <summary>Orders a drain. <see cref="GetDrainAsync"/> reports the progress.</summary>
    public Task DrainAsync(DrainRequest? how = null, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, "drain", JsonContent.Create(how ?? new DrainRequest(), Json.DrainRequest), cancellation);

    /// <summary>Cancels a drain.</summary>
    public Task UndrainAsync(CancellationToken cancellation = default) => SendAsync(HttpMethod.Delete, "drain", null, cancellation);

    public Task<TunnelPage> ListTunnelsAsync(
        TunnelQuery? query = null, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText("tunnels").Add("lac", query?.Lac).Add("state", query?.State).Add(page).Text, Json.TunnelPage, cancellation);

    /// <param name="id">Tunnel ID of the LNS.</param>
    public Task<TunnelDetail> GetTunnelAsync(int id, CancellationToken cancellation = default) =>
        GetAsync($"tunnels/{id}", Json.TunnelDetail, cancellation);

    public Task<LinkPage> ListLinksAsync(SessionQuery? query = null, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync((query ?? new()).Write(new QueryText("links")).Add(page).Text, Json.LinkPage, cancellation);

    public Task<BundlePage> ListBundlesAsync(
        SessionQuery? query = null, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync((query ?? new()).Write(new QueryText("bundles")).Add(page).Text, Json.BundlePage, cancellation);

    /// <param name="text">Name or address of a LAC, else a part of one; null: all.</param>
    public Task<LacList> ListLacsAsync(string? text = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText("lacs").Add("q", text).Text, Json.LacList, cancellation);

    /// <param name="name">Host Name of the LAC.</param>
    public Task<LacRow> GetLacAsync(string name, CancellationToken cancellation = default) =>
        GetAsync($"lacs/{Uri.EscapeDataString(name)}", Json.LacRow, cancellation);

    /// <param name="text">Host Name or address of a LAC, else a part of one or of its entry; null: all.</param>
    public Task<RefusedLacList> ListRefusedLacsAsync(string? text = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText("refused-lacs").Add("q", text).Text, Json.RefusedLacList, cancellation);

    public Task<PoolList> ListPoolsAsync(CancellationToken cancellation = default) => GetAsync("pools", Json.PoolList, cancellation);

    public Task<LeasePage> ListLeasesAsync(string pool, PageQuery? page = null, CancellationToken cancellation = default) =>
        GetAsync(new QueryText($"pools/{Uri.EscapeDataString(pool)}/leases").Add(page).Text, Json.LeasePage, cancellation);

    public Task<RadiusReport> GetRadiusAsync(CancellationToken cancellation = default) =>
        GetAsync("radius", Json.RadiusReport, cancellation);

    public Task<DynamicAuthorizationReport> GetDynamicAuthorizationAsync(CancellationToken cancellation = default) =>
        GetAsync("dynamic-authorization", Json.DynamicAuthorizationReport, cancellation);

    public Task<DisconnectPage> ListDisconnectsAsync(
        DisconnectQuery? query = null, PageQuery? page = null, CancellationToken cancellation = default)
    {
        var text = new QueryText("disconnects").Add("user", query?.User).Add("lac", query?.Lac).Add("calling", query?.Calling)
            .Add("cause", query?.Cause).Add("since", query?.Since).Add("session", query?.Session).Add("q", query?.Text).Add(page).Text;
        return GetAsync(text, Json.DisconnectPage, cancellation);
    }

    public Task<LogLevelList> ListLogLevelsAsync(CancellationToken cancellation = default) =>
        GetAsync("log/levels", Json.LogLevelList, cancellation);

    public Task<LogLevelList> SetLogLevelAsync(LogLevelChange change, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Put, "log/level", JsonContent.Create(change, Json.LogLevelChange), Json.LogLevelList, cancellation);

    /// <summary>Messages and actions of the node, live. The first record arrives at once and confirms that the trace is active.</summary>
    public async IAsyncEnumerable<TraceEvent> TraceAsync(
        TraceQuery query, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var response = await OpenTraceAsync(query, "json", cancellation);
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
                return JsonSerializer.Deserialize(line, Json.TraceEvent) ?? throw Empty();
            }
            catch (JsonException e)
            {
                throw Invalid(e);
            }
        }
    }

    /// <summary>Writes the messages of a trace as a pcap file, each as soon as it arrives. Returns when the trace has ended.</summary>
    /// <param name="open">Opens the file when the trace is active. This method closes it.</param>
    public async Task CaptureAsync(TraceQuery query, Func<Stream> open, CancellationToken cancellation = default)
    {
        using var response = await OpenTraceAsync(query, "pcap", cancellation);
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

    public Task<ConfigReport> GetConfigAsync(CancellationToken cancellation = default) =>
        GetAsync("config", Json.ConfigReport, cancellation);

    /// <summary>What a reload would change.</summary>
    public Task<ConfigDiff> DiffConfigAsync(CancellationToken cancellation = default) =>
        GetAsync("config/diff", Json.ConfigDiff, cancellation);

    /// <summary>Checks the configuration file of lnsd.</summary>
    public Task<ConfigCheckReport> CheckConfigAsync(CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, "config/check", null, Json.ConfigCheckReport, cancellation);

    /// <summary>Checks a text as the configuration of lnsd.</summary>
    /// <param name="text">HOCON, at most 4 MiB.</param>
    /// <param name="name">Name of the file in errors. Relative file names in the text are relative to it, on the machine of lnsd.</param>
    public Task<ConfigCheckReport> CheckConfigAsync(string text, string name, CancellationToken cancellation = default)
    {
        var path = new QueryText("config/check").Add("name", name).Text;
        return SendAsync(HttpMethod.Post, path, new StringContent(text), Json.ConfigCheckReport, cancellation);
    }

    /// <summary>Reloads the configuration file. The result also has the errors when nothing was applied.</summary>
    public async Task<ConfigReloadResult> ReloadConfigAsync(ConfigReloadRequest? how = null, CancellationToken cancellation = default)
    {
        var body = JsonContent.Create(how ?? new ConfigReloadRequest(), Json.ConfigReloadRequest);
        using var response = await SendAsync(HttpMethod.Post, V1 + "config/reload", body,
            static r => r.IsSuccessStatusCode || r.StatusCode == HttpStatusCode.UnprocessableEntity, cancellation);
        return await ReadAsync(static (content, c) => content.ReadFromJsonAsync(Json.ConfigReloadResult, c), response, cancellation);
    }

    /// <summary>The process is alive. Needs no token.</summary>
    public async Task<bool> IsAliveAsync(CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, "/alive", null, isAnswer: static _ => true, cancellation);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Why the node accepts no new tunnels and calls; null: it accepts them. Needs no token.</summary>
    public async Task<string?> WhyNotReadyAsync(CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, "/ready", null,
            static r => r.IsSuccessStatusCode || r.StatusCode == HttpStatusCode.ServiceUnavailable, cancellation);
        return response.IsSuccessStatusCode ? null : (await ReadProblemAsync(response, cancellation))?.Detail ?? "not ready";
    }

    /// <summary>OpenAPI description of the API, JSON. Needs no token.</summary>
    public async Task<string> GetOpenApiAsync(CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, "/openapi/v1.json", null, IsSuccess, cancellation);
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
            throw new HttpRequestException("the socket does not exist", e);
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

    private static bool IsSuccess(HttpResponseMessage response) => response.IsSuccessStatusCode;

    private static LnsApiException Empty() => new("the answer is empty");

    private static LnsApiException Invalid(Exception e) => new($"the answer is not a valid answer of the lnsd API: {e.Message}", e);

    private Task<HttpResponseMessage> OpenTraceAsync(TraceQuery query, string format, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, V1 + query.Write(new QueryText("trace").Add("format", format)).Text, null, IsSuccess, cancellation);

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, null, type, cancellation);

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, V1 + path, body, IsSuccess, cancellation);
        return await ReadAsync((content, c) => content.ReadFromJsonAsync(type, c), response, cancellation);
    }

    private async Task SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, V1 + path, body, IsSuccess, cancellation);
    }

    /// <exception cref="LnsApiException">No answer, or an answer for which <paramref name="isAnswer"/> is false.</exception>
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body, Func<HttpResponseMessage, bool> isAnswer, CancellationToken cancellation)
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

    private async Task<T> ReadAsync<T>(
        Func<HttpContent, CancellationToken, Task<T?>> read, HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            return await read(response.Content, cancellation) ?? throw Empty();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Invalid(e);
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
            return await response.Content.ReadFromJsonAsync(Json.ProblemReport, cancellation);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            return null;
        }
    }

    /// <summary>
    /// The error with its cause. The inner exception has the cause; the outer text of HTTP begins with a host name that means nothing for a
    /// Unix socket.
    /// </summary>
    private LnsApiException Unreachable(Exception e)
    {
        if (Volatile.Read(ref _untrusted) is { } why) return new LnsApiException(why, e);
        // lnsd reports a refused certificate not by an alert: it ends the connection after the handshake
        var isCut = e is HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }
            || e.InnerException is IOException { InnerException: SocketException };
        return _showsCertificate && !_hasAnswered && isCut
            ? new LnsApiException(
                "lnsd closed the connection after it received the client certificate: it is not signed for clients by an authority of "
                + "lns.api.tls.client-ca, or it is not valid now", e)
            : new LnsApiException((e.InnerException ?? e).Message, e);
    }
}
