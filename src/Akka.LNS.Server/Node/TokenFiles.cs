using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Akka.LNS.Server.Settings.Sections;

namespace Akka.LNS.Server.Node;

/// <summary>Creates the files of <c>token-file</c> that are missing, where <c>create-token-file</c> is on.</summary>
internal static class TokenFiles
{
    /// <summary>Random octets of a token. The file has them in base64url: 43 characters.</summary>
    private const int TokenOctets = 32;

    /// <returns>At least one file was created: the settings must be read again.</returns>
    /// <exception cref="TokenFileException">A file cannot be created, or another process has created it in the meantime.</exception>
    public static bool CreateMissing(ApiSettings api)
    {
        if (!api.Enabled) return false;
        var missing = api.Tokens.Where(static t => t.IsFileMissing).DistinctBy(static t => t.File, StringComparer.Ordinal).ToArray();
        foreach (var token in missing)
        {
            try
            {
                Create(token.File!);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new TokenFileException($"cannot create the token file {token.File} (lns.api.tokens.{token.Name}): {e.Message}");
            }
        }
        return missing.Length > 0;
    }

    private static void Create(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        try
        {
            file.Write(Encoding.ASCII.GetBytes($"{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenOctets))}\n"));
        }
        catch
        {
            File.Delete(path); // an empty file would be an error of the next start
            throw;
        }
    }
}

/// <summary>A token file cannot be created. The message is one line for the operator.</summary>
internal sealed class TokenFileException(string message) : Exception(message);
