using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary>Each entry of <c>lns.realms</c></summary>
internal static class RealmSection
{
    private static readonly RealmSettings Default = new();
    public static readonly Section Keys = new();
    private static readonly Key<ImmutableArray<string>> Servers =
        Keys.TextList("servers", "names of RADIUS servers", 64, static _ => null, Apply.Live);
    private static readonly Key<ImmutableArray<AuthSource>> AuthBy =
        Keys.WordList("auth-by", Default.AuthBy, Apply.Live, AuthSources.Words);
    private static readonly Key<string?> Bundle = Keys.OptionalReference("bundle", Named.BundleTemplate, Apply.Live);
    private static readonly Key<bool> Strip = Keys.OptionalFlag("strip", Default.Strip, Apply.Live);
    private static readonly Key<string?> Reject = Keys.OptionalText("reject", 200, Apply.Live);

    public static RealmSettings Read(string name, SectionReader s)
    {
        if (!RealmKey.IsKey(name))
            s.Fail($"'{name}' is no realm; allowed: a realm, \"*.SUFFIX\", none (names without a realm), \"*\" (everything else)");
        var servers = s.Get(Servers);
        foreach (var server in servers) s.CheckName(Servers, server, Named.RadiusServer);
        var by = s.Get(AuthBy);
        if (by.Distinct().Count() < by.Length) s.Fail(AuthBy, AuthSources.Twice);
        return new RealmSettings
        {
            Name = name,
            Servers = servers,
            AuthBy = by,
            Bundle = s.Get(Bundle),
            Strip = s.Get(Strip),
            Reject = s.Get(Reject),
        };
    }
}
