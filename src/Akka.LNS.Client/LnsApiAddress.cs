using System.Diagnostics.CodeAnalysis;

namespace Akka.LNS.Client;

/// <summary>Where the API of an lnsd is: a Unix socket, or http(s)://host:port.</summary>
public sealed class LnsApiAddress
{
    private const string UnixPrefix = "unix:";

    private LnsApiAddress(string text, Uri root, string? unixPath) => (Text, Root, UnixPath) = (text, root, unixPath);

    /// <summary>The socket that lnsd makes unless told otherwise.</summary>
    public static LnsApiAddress Default { get; } = new("unix:/run/akka-lns/api.sock", UnixRoot, "/run/akka-lns/api.sock");

    /// <summary>Null: by TCP.</summary>
    public string? UnixPath { get; }

    public bool IsHttps => Root.Scheme == Uri.UriSchemeHttps;

    /// <summary>Before /api.</summary>
    public Uri Root { get; }

    private string Text { get; }

    /// <summary>No connection goes there: the Host header has to say something.</summary>
    private static Uri UnixRoot => new("http://lnsd/");

    /// <summary>unix:PATH, http://HOST[:PORT] or https://HOST[:PORT].</summary>
    /// <param name="error">What is allowed; null: it is an address.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out LnsApiAddress? address, [NotNullWhen(false)] out string? error)
    {
        (address, error) = (null, null);
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal) && text.Length > UnixPrefix.Length)
            address = new LnsApiAddress(text, UnixRoot, text[UnixPrefix.Length..]);
        else if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri is { Host.Length: > 0, UserInfo.Length: 0, PathAndQuery: "/", Fragment.Length: 0 })
            address = new LnsApiAddress(text, uri, null);
        else
            error = $"'{text}' is no address of the API; allowed: unix:PATH, http://HOST:PORT, https://HOST:PORT";
        return address is not null;
    }

    public override string ToString() => Text;
}
