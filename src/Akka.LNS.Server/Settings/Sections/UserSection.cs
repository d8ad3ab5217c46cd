using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Server.Settings.Values;
using Akka.LNS.Wire.Radius;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>Each entry of <c>lns.users</c></summary>
internal static class UserSection
{
    public static readonly Section Keys = new();
    private static readonly SecretKey Password = Keys.Secret("password", Apply.Live);
    private static readonly Key<ImmutableArray<string>> Attributes =
        Keys.TextList("attributes", "texts like \"Framed-IP-Address = 203.0.113.7\"", 64, Fault, Apply.Live, WithoutSecret);

    public static LocalUser Read(string name, SectionReader s)
    {
        var password = s.Get(Password);
        if (password is null) s.Fail(Password, "missing; allowed: a text, or password-file with the path of a file");
        var profile = SubscriberProfile.Read(Encode(s.Get(Attributes)));
        foreach (var problem in profile.Problems.Prepend(profile.Rejection).OfType<string>()) s.Fail(Attributes, problem);
        if (profile.FramedPool is { Length: > 0 } pool) s.Later(() => CheckPool(s, pool));
        return new LocalUser { Name = PeerText.Read(name), Password = password ?? new Secret(""), Profile = profile };
    }

    private static void CheckPool(SectionReader s, string pool)
    {
        if (!s.IsDefined(Named.Pool, pool))
            s.Fail(Attributes, $"Framed-Pool: there is no pool '{pool}'{Nearest.Hint(pool, s.Names(Named.Pool))}");
    }

    /// <summary>Lines as in a FreeRADIUS users file, encoded by the names of the dictionary.</summary>
    private static byte[] Encode(ImmutableArray<string> lines)
    {
        List<byte> octets = [];
        foreach (var line in lines)
            if (RadiusDictionary.Default.TryEncodeLine(line, out var attribute, out _)) octets.AddRange(attribute);
        return [.. octets];
    }

    private static string? Fault(string line) => RadiusDictionary.Default.TryEncodeLine(line, out _, out var error) ? null : error;

    /// <summary>The line without its secret. A text of a vendor can be "...password=..." or "...key=...". Null: it has none.</summary>
    private static string? WithoutSecret(string line)
    {
        if (!RadiusDictionary.Default.TryEncodeLine(line, out var encoded, out _)) return null;
        ReadOnlySpan<byte> rest = encoded;
        return AttributeView.TryRead(ref rest, out var attribute, out _) && RadiusDictionary.Default.HoldsSecret(attribute)
            ? RadiusDictionary.Default.Render(attribute)
            : null;
    }
}
