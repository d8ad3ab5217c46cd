using System.CommandLine;
using Akka.LNS.Client;

namespace Akka.LNS.Ctl;

/// <summary>Options that every verb has.</summary>
internal static class GlobalOptions
{
    private const string ApiVariable = "LNSCTL_API", TokenVariable = "LNSCTL_TOKEN", CaVariable = "LNSCTL_CACERT", CertificateVariable = "LNSCTL_CERT", KeyVariable = "LNSCTL_KEY";

    public static readonly Option<string?> Api = new("--api")
    {
        Description = $"Where the API is (environment: {ApiVariable}). Without it {LnsApiAddress.Default}.", HelpName = "unix:PATH|http[s]://HOST:PORT", Recursive = true,
    };

    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = $"File with a token of lns.api.tokens. Without it, for http and https, the environment's {TokenVariable}.", HelpName = "FILE", Recursive = true,
    };

    public static readonly Option<string?> Ca = new("--cacert")
    {
        Description = $"For https: file in PEM with the authorities that alone are trusted to sign lnsd's certificate (environment: {CaVariable}). Without it those of the system.", HelpName = "FILE", Recursive = true,
    };

    public static readonly Option<string?> Certificate = new("--cert")
    {
        Description = $"For https: file in PEM with a client certificate that lns.api.certificates knows (environment: {CertificateVariable}).", HelpName = "FILE", Recursive = true,
    };

    public static readonly Option<string?> Key = new("--key")
    {
        Description = $"The private key of --cert, in PEM (environment: {KeyVariable}). Without it the key stands in the file of --cert.", HelpName = "FILE", Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json") { Description = "One JSON document, as the API has it.", Recursive = true };
    public static readonly Option<bool> NoColor = new("--no-color") { Description = "No colours in a terminal (environment: NO_COLOR).", Recursive = true };

    public static readonly Option[] All = [Api, TokenFile, Ca, Certificate, Key, Json, NoColor];

    /// <exception cref="CtlException">No address, no file.</exception>
    public static LnsApiClient Client(ParseResult parsed)
    {
        var text = parsed.GetValue(Api) ?? Variable(ApiVariable) ?? LnsApiAddress.Default.ToString();
        if (!LnsApiAddress.TryParse(text, out var address, out var error)) throw CtlException.Usage(error);
        return new LnsApiClient(address, Token(parsed.GetValue(TokenFile), address), tls: Tls(parsed, address));
    }

    public static string Where(ParseResult parsed) => parsed.GetValue(Api) ?? Variable(ApiVariable) ?? LnsApiAddress.Default.ToString();

    /// <summary>The environment's is for https, and says nothing elsewhere; an option that is of no use is a mistake.</summary>
    private static LnsApiTls? Tls(ParseResult parsed, LnsApiAddress address)
    {
        var (ca, certificate, key) = (parsed.GetValue(Ca), parsed.GetValue(Certificate), parsed.GetValue(Key));
        if (!address.IsHttps)
            return (ca, certificate, key) is (null, null, null) ? null : throw CtlException.Usage($"--cacert, --cert and --key are for an address with https://; this is {address}");
        if (key is not null && certificate is null) throw CtlException.Usage("--key without --cert; needed: the certificate that it belongs to");
        // a certificate by option has its key by option or in its file
        if (certificate is null) (certificate, key) = (Variable(CertificateVariable), Variable(KeyVariable));
        try
        {
            return LnsApiTls.Load(ca ?? Variable(CaVariable), certificate, key);
        }
        catch (LnsApiTlsException e)
        {
            var (option, variable, given) = e.File switch
            {
                LnsApiTlsFile.Ca => (Ca.Name, CaVariable, parsed.GetValue(Ca)),
                LnsApiTlsFile.Key when key is not null => (Key.Name, KeyVariable, parsed.GetValue(Key)),
                _ => (Certificate.Name, CertificateVariable, parsed.GetValue(Certificate)),
            };
            throw CtlException.Usage($"{(given is null ? variable : option)}: {e.Message}");
        }
    }

    /// <summary>The environment's is not for the socket: there who asks is known already, and may more.</summary>
    private static string? Token(string? file, LnsApiAddress address)
    {
        if (file is null) return address.UnixPath is null ? Variable(TokenVariable) : null;
        string token;
        try
        {
            token = File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CtlException.Usage($"--token-file: {e.Message}");
        }
        if (token.Length == 0 || token.Any(static c => c is <= ' ' or > '~')) throw CtlException.Usage($"--token-file {file}: allowed: one token, printable characters without spaces");
        return token;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
