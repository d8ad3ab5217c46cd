using System.Diagnostics.CodeAnalysis;

namespace Akka.LNS.Client;

/// <summary>Address of the API of lnsd: a Unix socket, or http(s)://host:port.</summary>
public sealed class LnsApiAddress
{
    private const string UnixPrefix = "unix:";

    private LnsApiAddress(string text, Uri root, string? unixPath) => (Text, Root, UnixPath) = (text, root, unixPath);

    /// <summary>Socket that lnsd listens on by default.</summary>
    public static LnsApiAddress Default { get; } = new("unix:/run/akka-lns/api.sock", UnixRoot, "/run/akka-lns/api.sock");

    /// <summary>Path of the Unix socket; null: the API is reached by TCP.</summary>
    public string? UnixPath { get; }

    public bool IsHttps => Root.Scheme == Uri.UriSchemeHttps;

    /// <summary>Base address, before /api.</summary>
    public Uri Root { get; }

    private string Text { get; }

    /// <summary>Value of the Host header on a Unix socket. No connection is made to it.</summary>
    private static Uri UnixRoot => new("http://lnsd/");

    /// <summary>Reads unix:PATH, http://HOST[:PORT] or https://HOST[:PORT].</summary>
    /// <param name="error">What was found and what is allowed; null: the text is an address.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out LnsApiAddress? address, [NotNullWhen(false)] out string? error)
    {
        (address, error) = (null, null);
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal) && text.Length > UnixPrefix.Length)
            address = new LnsApiAddress(text, UnixRoot, text[UnixPrefix.Length..]);
        else if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri is { Host.Length: > 0, UserInfo.Length: 0, PathAndQuery: "/", Fragment.Length: 0 })
            address = new LnsApiAddress(text, uri, null);
        else
            error = $"'{text}' is not an API address; allowed: unix:PATH, http://HOST:PORT, https://HOST:PORT";
        return address is not null;
    }

    public override string ToString() => Text;
}
