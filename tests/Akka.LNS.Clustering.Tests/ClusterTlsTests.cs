using Akka.LNS.Actors.Settings;

namespace Akka.LNS.Clustering.Tests;

public sealed class ClusterTlsTests : IDisposable
{
    private readonly Authority _ours = new(), _theirs = new("Other CA");

    private static (bool Read, string Part, string Error) Read(RemotingTls settings, DateTimeOffset? now = null)
    {
        var read = ClusterTls.TryRead(settings, now ?? DateTimeOffset.UtcNow, out var tls, out var part, out var error);
        tls?.Own.Dispose();
        return (read, part, error);
    }

    [Fact]
    public void A_certificate_its_key_and_its_authority_are_loaded()
    {
        Assert.True(Read(_ours.Issue("n1")).Read);
    }

    [Fact]
    public void Errors_name_the_file_and_show_nothing_of_the_key()
    {
        var right = _ours.Issue("n1");
        Check("key", right with { Key = _ours.Issue("n2").Key });
        Check("key", right with { Key = new Secret("no PEM") });
        Check("certificate", right with { Certificate = "no PEM" });
        Check("ca", right with { Authority = "no PEM" });
        Check("ca", right with { Authority = right.Certificate }); // issued by another certificate: no root
        Check("certificate", right with { Authority = _theirs.Pem });
        Check("certificate", _ours.Issue("n3", DateTimeOffset.UtcNow.AddHours(-1)));

        static void Check(string part, RemotingTls settings)
        {
            var (read, found, error) = Read(settings);
            Assert.Equal((false, part), (read, found));
            Assert.True(error.Length > 10 && !error.Contains("PRIVATE", StringComparison.Ordinal), error);
        }
    }

    [Fact]
    public void A_certificate_is_trusted_while_it_is_valid_and_of_the_same_authority()
    {
        Assert.True(ClusterTls.TryRead(_ours.Issue("n1"), DateTimeOffset.UtcNow, out var tls, out _, out _));
        Assert.True(ClusterTls.TryRead(_ours.Issue("n2"), DateTimeOffset.UtcNow, out var same, out _, out _));
        Assert.True(ClusterTls.TryRead(_theirs.Issue("n3"), DateTimeOffset.UtcNow, out var other, out _, out _));
        Assert.True(tls.IsTrusted(same.Own, DateTimeOffset.UtcNow, out _));
        Assert.False(tls.IsTrusted(same.Own, Authority.To.AddDays(1), out var late));
        Assert.False(tls.IsTrusted(other.Own, DateTimeOffset.UtcNow, out var stranger));
        Assert.False(tls.IsTrusted(null, DateTimeOffset.UtcNow, out var none));
        Assert.All([late, stranger, none], static text => Assert.NotEmpty(text));
        foreach (var one in new[] { tls, same, other }) one.Own.Dispose();
    }

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }
}
