using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Akka.LNS.Server.Tests.Metrics;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Server.Tests.Api;

/// <summary>
/// Sessions to which the RADIUS server gives another name than the subscriber typed, with an empty attribute and fifteen long Classes:
/// their rows, and what the metrics count.
/// </summary>
public class TypedUserTests
{
    private const int Count = 3;
    private const string Secret = "radius secret", Password = "pass of all", Accepted = "line-7@carrier.example";

    [Fact]
    public async Task A_session_shows_both_names_and_is_found_by_both_and_its_attributes_are_counted()
    {
        using var folder = new TemporaryFolder();
        using var radius = new RenamingServer();
        await using var lnsd = await LnsdProgram.Start(folder.Path, $$"""
            lns {
              bundles.defaults.pool = p
              pools.p.ranges = ["100.64.0.2 - 100.64.0.101"]
              radius.servers = [{
                name = first, address = 127.0.0.1, auth-port = {{radius.Port}}, acct-port = {{radius.Port}}
                secret = "{{Secret}}"
              }]
            }
            """);
        using var api = lnsd.OverSocket();
        await using var subscribers = await Subscribers.BringUp(lnsd, Count, 1, Password);
        var rows = await Sessions("sessions?state=up&sort=since");
        Assert.Equal(Count, rows.Length);
        Assert.All(rows, static r => Assert.Equal(Accepted, r.GetProperty("user").GetString()));
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => Subscribers.Name(i)),
            rows.Select(static r => r.GetProperty("typedUser").GetString()!).Order(StringComparer.Ordinal));

        var found = Assert.Single(await Sessions($"sessions/find?which={Subscribers.Name(1)}"));
        Assert.Equal(Subscribers.Name(1), found.GetProperty("typedUser").GetString());
        Assert.Equal(Count, (await Sessions($"sessions/find?which={Accepted}")).Length);
        var detail = await api.GetFromJsonAsync<JsonElement>($"/api/v1/sessions/{Subscribers.Name(1)}", Cancel);
        Assert.Equal(found.GetProperty("id").GetString(), detail.GetProperty("session").GetProperty("id").GetString());

        Scrape now = null!;
        await ApiLab.Until(async () =>
            (now = Scrape.Parse(await api.GetStringAsync("/metrics", Cancel)))["akka_lns_accounting_shortened_total{}"] == Count);
        Assert.Equal(Count, now["""akka_lns_radius_attributes_empty_total{packet="access-accept"}"""]);
        Assert.Equal(0, now["""akka_lns_radius_attributes_empty_total{packet="dynamic-authorization"}"""]);
        Assert.Equal(0, now["""akka_lns_radius_dropped_total{reason="SocketOverflow"}"""]);
        Assert.Equal(0, now["""akka_lns_dynamic_authorization_dropped_total{reason="SocketOverflow"}"""]);

        using var dropped = await api.PostAsync($"/api/v1/sessions/{Subscribers.Name(1)}/drop", null, Cancel);
        Assert.True(dropped.IsSuccessStatusCode, await dropped.Content.ReadAsStringAsync(Cancel));
        await ApiLab.Until(async () => (await Sessions($"sessions/find?which={Subscribers.Name(1)}")).Length == 0);
        Assert.Equal(Count - 1, (await Sessions($"sessions/find?which={Accepted}")).Length);

        async Task<JsonElement[]> Sessions(string path) =>
            [.. (await api.GetFromJsonAsync<JsonElement>($"/api/v1/{path}", Cancel)).GetProperty("sessions").EnumerateArray()];
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Accepts each login under one name, and each accounting record, at one port of loopback.</summary>
    private sealed class RenamingServer : IDisposable
    {
        private static readonly byte[] Key = Encoding.UTF8.GetBytes(Secret);
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        public RenamingServer()
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            new Thread(Run) { IsBackground = true, Name = "renaming server" }.Start();
        }

        public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

        private void Run()
        {
            var (request, answer) = (new byte[RadiusPacketView.MaxLength], new byte[RadiusPacketView.MaxLength]);
            try
            {
                while (true)
                {
                    EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                    var length = _socket.ReceiveFrom(request, ref from);
                    _socket.SendTo(answer.AsSpan(0, Answer(request.AsSpan(0, length), answer)), from);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // the test has ended
            }
        }

        private static int Answer(ReadOnlySpan<byte> datagram, Span<byte> answer)
        {
            if (!RadiusPacketView.TryRead(datagram, out var request, out _)) return 0;
            if (request.Code == RadiusCode.AccountingRequest)
            {
                return RadiusPacketWriter.Response(answer, RadiusCode.AccountingResponse, request.Identifier, request.Authenticator,
                    withMessageAuthenticator: false).Finish(Key);
            }
            var accept = RadiusPacketWriter.Response(answer, RadiusCode.AccessAccept, request.Identifier, request.Authenticator);
            accept.Text(RadiusAttributeType.UserName, Accepted);
            accept.Attributes([RadiusAttributeType.Class, 2]); // no value
            // an accounting record has no room for all of these and for the rest
            for (var i = 0; i < 15; i++) accept.Octets(RadiusAttributeType.Class, Enumerable.Repeat((byte)('a' + i), 253).ToArray());
            return accept.Finish(Key);
        }

        public void Dispose() => _socket.Dispose();
    }
}
