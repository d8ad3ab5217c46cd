using System.CommandLine;
using Akka.LNS.Client;
using Akka.LNS.Ctl.Terminal;

namespace Akka.LNS.Ctl;

/// <summary>Options of every verb.</summary>
internal static class GlobalOptions
{
    private const string ApiVariable = "LNSCTL_API", TokenVariable = "LNSCTL_TOKEN";
    private const string CaVariable = "LNSCTL_CACERT", CertificateVariable = "LNSCTL_CERT", KeyVariable = "LNSCTL_KEY";

    public static readonly Option<string?> Api = new("--api")
    {
        Description = $"Address of the API (environment: {ApiVariable}). Default: {LnsApiAddress.Default}.",
        HelpName = "unix:PATH|http[s]://HOST:PORT", Recursive = true,
    };

    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = $"File with a token of lns.api.tokens. Default for http and https: the token in the environment ({TokenVariable}).",
        HelpName = "FILE", Recursive = true,
    };

    public static readonly Option<string?> Ca = new("--cacert")
    {
        Description = "For https: PEM file with the only authorities that are trusted to sign the certificate of lnsd "
            + $"(environment: {CaVariable}). Default: the authorities of the system.",
        HelpName = "FILE", Recursive = true,
    };

    public static readonly Option<string?> Certificate = new("--cert")
    {
        Description = $"For https: PEM file with a client certificate listed in lns.api.certificates (environment: {CertificateVariable}).",
        HelpName = "FILE", Recursive = true,
    };

    public static readonly Option<string?> Key = new("--key")
    {
        Description = $"PEM file with the private key of --cert (environment: {KeyVariable}). Default: the key in the file of --cert.",
        HelpName = "FILE", Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json") { Description = "The same as --output json.", Recursive = true };

    public static readonly Option<string?> Format = new("--output")
    {
        Description = "table (fits the terminal), wide (all columns), csv, json, jsonl (a document for each row). "
            + "Default: table in a terminal, else wide.",
        HelpName = "FORMAT", Recursive = true,
    };

    public static readonly Option<bool> NoColor = new("--no-color")
    {
        Description = "No colors in a terminal (environment: NO_COLOR).", Recursive = true,
    };

    public static readonly Option[] All = [Api, TokenFile, Ca, Certificate, Key, Format, Json, NoColor];

    /// <exception cref="CtlException">The address is wrong, or a file cannot be used.</exception>
    public static LnsApiClient Client(ParseResult parsed)
    {
        if (!LnsApiAddress.TryParse(Where(parsed), out var address, out var error)) throw CtlException.Usage(error);
        return new LnsApiClient(address, Token(parsed.GetValue(TokenFile), address), tls: Tls(parsed, address));
    }

    /// <summary>The format of the output; null: not given.</summary>
    /// <exception cref="CtlException">The format is unknown, or --json contradicts it.</exception>
    public static OutputFormat? FormatOf(ParseResult parsed)
    {
        OutputFormat? wanted = parsed.GetValue(Format) switch
        {
            null => null,
            "table" => OutputFormat.Table,
            "wide" => OutputFormat.Wide,
            "csv" => OutputFormat.Csv,
            "json" => OutputFormat.Json,
            "jsonl" => OutputFormat.JsonLines,
            var other => throw CtlException.Usage($"--output: found '{other}'; allowed: table, wide, csv, json, jsonl"),
        };
        if (!parsed.GetValue(Json)) return wanted;
        return wanted is null or OutputFormat.Json ? OutputFormat.Json : throw CtlException.Usage("--json and --output exclude each other");
    }

    /// <summary>Address of the API as the user wrote it.</summary>
    public static string Where(ParseResult parsed) => parsed.GetValue(Api) ?? Variable(ApiVariable) ?? LnsApiAddress.Default.ToString();

    /// <summary>Environment variables apply to https only. An option for another address is an error.</summary>
    private static LnsApiTls? Tls(ParseResult parsed, LnsApiAddress address)
    {
        var (ca, certificate, key) = (parsed.GetValue(Ca), parsed.GetValue(Certificate), parsed.GetValue(Key));
        if (!address.IsHttps)
        {
            return (ca, certificate, key) is (null, null, null)
                ? null
                : throw CtlException.Usage($"--cacert, --cert and --key need an https:// address; the address is {address}");
        }
        if (key is not null && certificate is null) throw CtlException.Usage("--key without --cert; needed: the certificate of the key");
        // the key of a certificate from an option is in an option or in the file of the certificate, not in the environment
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

    /// <summary>
    /// The environment variable does not apply to the socket: there the user is known to lnsd, and may have more rights than the token.
    /// </summary>
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
        if (token.Length == 0 || token.Any(static c => c is <= ' ' or > '~'))
            throw CtlException.Usage($"--token-file {file}: allowed: one token, printable characters without spaces");
        return token;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
