using System.Security.Cryptography;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>Each entry of <c>lns.api.tokens</c></summary>
internal static class ApiTokenSection
{
    private const string Allowed = "one of token, token-file, token-sha256";
    private const int MinOctets = 16;
    public static readonly Section Keys = new();
    private static readonly Key<ApiRole> Role = Keys.Word("role", default, Apply.Live, ApiRoles.Words);
    private static readonly Key<bool> CreateTokenFile = Keys.Flag("create-token-file", false, Apply.Live);
    private static readonly SecretKey Token = Keys.Secret("token", Apply.Live, CreateTokenFile);
    private static readonly Key<string?> TokenSha256 = Keys.OptionalText("token-sha256", 64, Apply.Live, isSecret: true);

    public static ApiToken Read(string name, SectionReader s)
    {
        var role = s.Get(Role);
        var creates = s.Get(CreateTokenFile);
        var token = s.Get(Token);
        var hash = s.Get(TokenSha256);
        if (token is null == hash is null)
        {
            var fault = token is null ? "missing" : "there is a token-sha256, too";
            s.Fail(Token, $"{fault}; allowed: {Allowed}");
        }
        if (hash is not null && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit)))
            s.Fail(TokenSha256, "not the SHA-256 of a token; allowed: 64 hexadecimal digits");
        if (token is { Octets.Length: > 0 and < MinOctets }) s.Fail(Token, $"too short to be safe; allowed: at least {MinOctets} octets");
        var file = Token.PathOf(s);
        if (creates && file is null) s.Fail(CreateTokenFile, "there is no token-file; allowed: with token-file, or off");
        var isMissing = creates && token is { Octets.Length: 0 };
        var sha256 = isMissing ? "" : hash ?? Convert.ToHexString(SHA256.HashData(token?.Octets ?? []));
        return new ApiToken(name, role, new Secret(sha256)) { File = file, IsFileMissing = isMissing };
    }
}
