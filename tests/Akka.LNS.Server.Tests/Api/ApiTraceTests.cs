using System.Net;
using System.Text;
using System.Text.Json;
using Akka.LNS.Client;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>The trace of the API: roles, errors, start and end.</summary>
public class ApiTraceTests(ApiLab lab) : IClassFixture<ApiLab>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "exactly one of")]
    [InlineData("?user=x&lac=y", "exactly one of")]
    [InlineData("?user=x&user=y", "found more than once")]
    [InlineData("?address=x", "an IPv4 address")]
    [InlineData("?user=x&format=gif", "text, json, pcap")]
    [InlineData("?user=x&duration=0", "a whole number from 1 to 86400")]
    [InlineData("?user=x&color=red", "unknown")]
    public async Task An_invalid_query_is_reported(string query, string message)
    {
        var text = await lab.Text(lab.Operator, $"/api/v1/trace{query}", HttpStatusCode.BadRequest);
        Assert.Contains(message, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_needs_the_role_operate_and_an_existing_session()
    {
        await lab.Text(lab.Reader, "/api/v1/trace?user=x", HttpStatusCode.Forbidden);
        using var stranger = lab.Lnsd.OverTcp();
        await lab.Text(stranger, "/api/v1/trace?user=x", HttpStatusCode.Unauthorized);
        await lab.Text(lab.Operator, "/api/v1/trace?session=x", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("text", "text/plain", 50)]
    [InlineData("json", "application/x-ndjson", 51)]
    [InlineData("pcap", "application/vnd.tcpdump.pcap", 52)]
    public async Task A_session_is_traced_to_its_end_in_each_format(string format, string type, int subscriber)
    {
        var id = (await lab.Json($"/api/v1/sessions?user={Subscribers.Name(subscriber)}")).GetProperty("sessions")[0].GetProperty("id")
            .GetString()!;
        using var response =
            await lab.Operator.GetAsync($"/api/v1/trace?session={id}&format={format}", HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        using (var dropped = await lab.Operator.PostAsync($"/api/v1/sessions/{id}/drop", null, Cancel)) Assert.Equal(HttpStatusCode.OK,
            dropped.StatusCode);
        var octets = await response.Content.ReadAsByteArrayAsync(Cancel); // ends soon after the session
        var text = Encoding.UTF8.GetString(octets);
        Assert.DoesNotContain(ApiLab.Secret, Encoding.Latin1.GetString(octets), StringComparison.Ordinal);
        switch (format)
        {
            case "text":
                Assert.Contains("lcp     -> Terminate-Request", text, StringComparison.Ordinal);
                Assert.Contains("l2tp    -> CDN", text, StringComparison.Ordinal);
                Assert.Contains("session -- over: ", text, StringComparison.Ordinal);
                break;
            case "json":
                var events = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(static l => JsonSerializer.Deserialize(l, ApiJson.Default.TraceEvent)!).ToArray();
                Assert.Equal("trace", events[0].Layer);
                Assert.Contains(events, static e => e is { Layer: "lcp", Direction: "out" }
                    && e.Summary.StartsWith("Terminate-Request", StringComparison.Ordinal));
                Assert.Contains(events, e => e is { Layer: "session", Direction: null } && e.Session == id
                    && e.Summary.StartsWith("over", StringComparison.Ordinal));
                Assert.All(events, static e => Assert.Equal(0, e.LostBefore));
                break;
            default:
                Assert.Equal("D4C3B2A1", Convert.ToHexString(octets.AsSpan(0, 4)));
                Assert.True(octets.AsSpan().IndexOf(Convert.FromHexString("800800000000000E")) > 0); // Message Type AVP of a CDN
                break;
        }
        var name = $"trace session {id}";
        Assert.Contains($"audit: operator by 127.0.0.1: {name}: begins", lab.Lnsd.Output, StringComparison.Ordinal);
        await ApiLab.Until(() =>
            Task.FromResult(lab.Lnsd.Output.Contains($"audit: operator by 127.0.0.1: {name}: ends after ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_calling_number_is_traced()
    {
        var row = (await lab.Json($"/api/v1/sessions?user={Subscribers.Name(53)}")).GetProperty("sessions")[0];
        var (id, calling) = (row.GetProperty("id").GetString()!, row.GetProperty("calling").GetString()!);
        using var response = await lab.Operator.GetAsync(
            $"/api/v1/trace?calling={Uri.EscapeDataString(calling)}", HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using (var dropped = await lab.Operator.PostAsync($"/api/v1/sessions/{id}/drop", null, Cancel))
            Assert.Equal(HttpStatusCode.OK, dropped.StatusCode);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var seen = new StringBuilder();
        while (await lines.ReadLineAsync(Cancel) is { } line)
        {
            seen.AppendLine(line);
            if (line.Contains("session -- over: ", StringComparison.Ordinal)) break;
        }
        Assert.Contains(id, $"{seen}", StringComparison.Ordinal);
        Assert.Contains("l2tp    -> CDN", $"{seen}", StringComparison.Ordinal);
        Assert.Contains($"trace calling number '{calling}': begins", lab.Lnsd.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_ends_at_its_time_limit_or_when_the_client_leaves_and_frees_its_place()
    {
        var trace = await lab.Text(lab.Operator, "/api/v1/trace?user=nobody&duration=1");
        Assert.Contains("no session matches yet", trace, StringComparison.Ordinal);
        const int Most = 8; // as lns.conf has it
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < Most; i++)
        {
            // a trace of another test may still have its place
            await ApiLab.Until(async () =>
            {
                var response = await lab.Operator.GetAsync(
                    $"/api/v1/trace?user=none-{i}", HttpCompletionOption.ResponseHeadersRead, Cancel);
                if (response.StatusCode == HttpStatusCode.OK) open.Add(response);
                else response.Dispose();
                return open.Count > i;
            });
        }
        Assert.Contains("8 traces are active",
            await lab.Text(lab.Operator, "/api/v1/trace?user=nobody", HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        foreach (var response in open) response.Dispose();
        await ApiLab.Until(async () =>
        {
            using var again = await lab.Operator.GetAsync("/api/v1/trace?user=again", HttpCompletionOption.ResponseHeadersRead, Cancel);
            return again.StatusCode == HttpStatusCode.OK;
        });
        for (var i = 0; i < Most; i++)
            await ApiLab.Until(() =>
                Task.FromResult(lab.Lnsd.Output.Contains($"trace user 'none-{i}': ends after ", StringComparison.Ordinal)));
    }
}
