using System.CommandLine;
using Akka.LNS.Client;

namespace Akka.LNS.Ctl;

/// <summary>Options that every verb has.</summary>
internal static class GlobalOptions
{
    private const string ApiVariable = "LNSCTL_API", TokenVariable = "LNSCTL_TOKEN";

    public static readonly Option<string?> Api = new("--api")
    {
        Description = $"Where the API is (environment: {ApiVariable}). Without it {LnsApiAddress.Default}.", HelpName = "unix:PATH|http[s]://HOST:PORT", Recursive = true,
    };

    public static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = $"File with a token of lns.api.tokens. Without it, for http and https, the environment's {TokenVariable}.", HelpName = "FILE", Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json") { Description = "One JSON document, as the API has it.", Recursive = true };
    public static readonly Option<bool> NoColor = new("--no-color") { Description = "No colours in a terminal (environment: NO_COLOR).", Recursive = true };

    public static readonly Option[] All = [Api, TokenFile, Json, NoColor];

    /// <exception cref="CtlException">No address, no file.</exception>
    public static LnsApiClient Client(ParseResult parsed)
    {
        var text = parsed.GetValue(Api) ?? Variable(ApiVariable) ?? LnsApiAddress.Default.ToString();
        if (!LnsApiAddress.TryParse(text, out var address, out var error)) throw CtlException.Usage(error);
        return new LnsApiClient(address, Token(parsed.GetValue(TokenFile), address));
    }

    public static string Where(ParseResult parsed) => parsed.GetValue(Api) ?? Variable(ApiVariable) ?? LnsApiAddress.Default.ToString();

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
