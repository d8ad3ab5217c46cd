using System.Net;
using System.Text;
using Akka.LNS.Server.Tests.Api;
using Akka.LNS.Stress.Radius;

namespace Akka.LNS.Server.Tests.Metrics;

/// <summary>An lnsd with subscribers that came up by a RADIUS server, for all tests of <see cref="MetricsTests"/>.</summary>
public sealed class MetricsLab : IAsyncLifetime
{
    public const int Count = 20, Tunnels = 2;
    public const string Token = "prometheus-reads-with-this";
    private const string Secret = "radius secret", Password = "pass of all";
    private readonly TemporaryFolder _folder = new();
    private readonly RadiusResponder _radius = new(new RadiusResponderSettings
    {
        Secret = Encoding.UTF8.GetBytes(Secret),
        Password = Password
    });
    private Subscribers? _subscribers;

    internal LnsdProgram Lnsd { get; private set; } = null!;
    internal HttpClient Root { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Lnsd = await LnsdProgram.Start(_folder.Path, $$"""
            lns {
              node-name = lab
              bundles.defaults.pool = p
              pools.p.ranges = ["100.64.0.2 - 100.64.0.101"]
              radius.servers = [{
                name = first, address = 127.0.0.1, auth-port = {{_radius.AuthenticationPort}}, acct-port = {{_radius.AccountingPort}}
                secret = "{{Secret}}"
              }]
              api.tokens.prometheus { role = read, token = "{{Token}}" }
            }
            """);
        Root = Lnsd.OverSocket();
        _subscribers = await Subscribers.BringUp(Lnsd, Count, Tunnels, Password);
        await ApiLab.Until(async () => (await Scraped())["akka_lns_setups_total{}"] == Count
            && (await Scraped())["""akka_lns_radius_server_answers_total{server="first",service="accounting"}"""] >= Count);
    }

    internal async Task<Scrape> Scraped()
    {
        using var answer = await Root.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "text/plain"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return Scrape.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (_subscribers is not null) await _subscribers.DisposeAsync();
        Root.Dispose();
        await Lnsd.DisposeAsync();
        _radius.Dispose();
        _folder.Dispose();
    }
}
