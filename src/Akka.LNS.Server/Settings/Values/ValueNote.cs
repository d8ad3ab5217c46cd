using System.Security.Cryptography;
using System.Text;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>How a value is shown and compared.</summary>
/// <param name="Shown">Text for every reader: it has no secret.</param>
/// <param name="Same">Equal for values with the same meaning. Of a secret it is a hash.</param>
internal readonly record struct ValueNote(string Shown, string Same)
{
    public const string Hidden = "***";

    /// <summary>A value that can be written in several ways.</summary>
    public static ValueNote Of(string canonical) => new(canonical, canonical);

    public static ValueNote Secret(string value) => new(Hidden, Hash(value));

    /// <summary>A file with a secret: its name is shown, its content is not.</summary>
    public static ValueNote SecretFile(string path, string value) => new(path, $"{path}\n{Hash(value)}");

    /// <summary>A text with a secret in it.</summary>
    /// <param name="shown">The text without the secret.</param>
    public static ValueNote Part(string shown, string value) => new(shown, Hash(value));

    public static bool IsSecretName(string name) =>
        name.Contains("password", StringComparison.OrdinalIgnoreCase) || name.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || name.Contains("cookie", StringComparison.OrdinalIgnoreCase);

    private static string Hash(string value) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
