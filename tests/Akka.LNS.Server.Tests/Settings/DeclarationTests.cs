using System.Collections;
using Akka.LNS.Server.Settings;
using Akka.LNS.Server.Settings.Hocon;
using Akka.LNS.Server.Settings.Reload;
using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Server.Settings.Values;
using Akka.LNS.Server.Tests.Api;

namespace Akka.LNS.Server.Tests.Settings;

/// <summary>Compares the declarations of Settings/Sections with hocon/lns.conf, in both directions.</summary>
public sealed class DeclarationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_declared_key_is_in_lns_conf_with_its_default_its_range_and_its_mark()
    {
        var faults = Faults(EmbeddedConfiguration.Reference);
        if (faults.Count > 0) Assert.Fail(string.Join('\n', faults));
        Assert.True(Declared(LnsSection.Root.Section).Count() > 150);
    }

    [Fact]
    public void Every_key_of_lns_conf_is_declared() =>
        Assert.Empty(SettingsReader.Read(LnsConf.Complete(_folder), "lns.conf", "", static _ => LnsConf.Token).Errors);

    [Theory]
    [InlineData("connect-timeout = 30s", "connect-timeout = 31s",
        "lns.sessions.connect-timeout: 00:00:31 is not the default; SessionsSection.cs:", "00:00:30")]
    [InlineData("auth-by = [local, radius]", "auth-by = [radius]",
        "lns.links.defaults.auth-by: [Radius] is not the default; LinkTemplateSection.cs:", "[Local, Radius]")]
    [InlineData("hello-interval = 60s", "", "lns.tunnels.defaults.hello-interval: missing in lns.conf; PeerSection.cs:", "declares it")]
    [InlineData("#=   strip = on", "#=", "lns.realms.*.strip: missing in lns.conf; RealmSection.cs:", "declares it")]
    [InlineData("# Allowed: 1s to 10m. [live]\n    connect-timeout", "# Allowed: 1s to 9m. [live]\n    connect-timeout",
        "lns.sessions.connect-timeout: the line above must be '# Allowed: 1s to 10m. [live]'; SessionsSection.cs:", "declares it")]
    [InlineData("[restart]\n    id-quarantine", "[live]\n    id-quarantine",
        "lns.sessions.id-quarantine: the line above must be '# Allowed: 0s to 1h. [restart]'; SessionsSection.cs:", "declares it")]
    public void A_difference_is_reported_with_key_file_and_line(string from, string to, string expected, string alsoExpected)
    {
        Assert.Contains(from, EmbeddedConfiguration.Reference, StringComparison.Ordinal);
        var fault = Assert.Single(Faults(EmbeddedConfiguration.Reference.Replace(from, to, StringComparison.Ordinal)));
        Assert.Matches(@"^(lns\.conf:\d+: )?lns\.", fault);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.Matches(@"\w+Section\.cs:\d+", fault);
        Assert.Contains(alsoExpected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_lns_conf_without_a_declaration_is_reported_with_file_and_line()
    {
        var text = LnsConf.Complete(_folder)
            .Replace("connect-timeout = 30s", "connect-timeout = 30s\n    conect-timeout = 30s", StringComparison.Ordinal);
        var error = Assert.Single(SettingsReader.Read(text, "lns.conf", "", static _ => LnsConf.Token).Errors);
        Assert.Matches(@"^lns\.conf:\d+: lns\.sessions\.conect-timeout: unknown key; did you mean connect-timeout\?", error);
    }

    [Fact]
    public void A_key_that_is_declared_and_never_read_stops_every_reading()
    {
        var section = new Section();
        var used = section.Flag("used", true, Apply.Live);
        section.Flag("unused", true, Apply.Live);
        var e = Assert.Throws<InvalidOperationException>(() =>
            SectionReader.Root(new SettingsSource(new HoconObject(default), new HoconObject(default)), new Part("x", section), s =>
                s.Get(used)));
        Assert.Equal("DeclarationTests.cs: x.unused is declared and never read", e.Message);
    }

    [Fact]
    public void A_key_that_is_read_and_not_declared_in_the_section_stops_every_reading()
    {
        var foreign = new Section().Flag("foreign", true, Apply.Live);
        var e = Assert.Throws<InvalidOperationException>(() =>
            SectionReader.Root(new SettingsSource(new HoconObject(default), new HoconObject(default)), new Part("x", new Section()), s =>
                s.Get(foreign)));
        Assert.Equal("DeclarationTests.cs: x.foreign is read and not declared there", e.Message);
    }

    [Fact]
    public void A_key_cannot_be_declared_twice()
    {
        var section = new Section();
        section.Secret("secret", Apply.Live);
        Assert.Throws<InvalidOperationException>(() => section.Flag("secret", true, Apply.Live));
        Assert.Throws<InvalidOperationException>(() => section.Flag("secret-file", true, Apply.Live));
    }

    [Theory]
    [InlineData("lns.tunnels", false)] // state-file
    [InlineData("lns.tunnels.half-open", true)]
    [InlineData("lns.tunnels.peers.any", true)]
    [InlineData("lns.tunnels.peers.any.secret-file", true)]
    [InlineData("lns.sessions", false)] // id-quarantine
    [InlineData("lns.sessions.max", true)]
    [InlineData("lns.radius.servers", true)]
    [InlineData("lns.radius.workers", false)]
    [InlineData("lns.radius.accounting.retry-max", true)]
    [InlineData("lns.radius.accounting.spool.file", false)]
    [InlineData("lns.radius.dynamic-authorization.clients", true)]
    [InlineData("lns.api.tokens.any", true)]
    [InlineData("lns.api.unix.role", true)]
    [InlineData("lns.api.unix", false)]
    [InlineData("lns.log.levels.Akka", true)]
    [InlineData("lns.log.levels.Other", true)]
    [InlineData("lns.nothing", false)]
    [InlineData("akka.loglevel", false)]
    public void A_section_is_live_when_all_its_keys_are(string path, bool isLive)
    {
        var facts = new RunningFacts(ListensForDynamicAuthorization: true);
        var parts = path.Split('.');
        var declared = parts.Skip(1)
            .Aggregate((Member?)(parts[0] == "lns" ? LnsSection.Root : null), static (member, name) => member?.Below(name));
        Assert.Equal(isLive, facts.IsLive(declared));
    }

    /// <summary>Differences between the declarations and the text of lns.conf.</summary>
    private static List<string> Faults(string lnsConf)
    {
        List<string> faults = [];
        var plain = HoconParser.Parse(lnsConf, EmbeddedConfiguration.ReferenceName);
        var examples = LnsConf.WithExamples(lnsConf);
        var lines = examples.Split('\n');
        var withExamples = HoconParser.Parse(examples, EmbeddedConfiguration.ReferenceName, static _ => LnsConf.Token);
        var source = new SettingsSource(plain, new HoconObject(default));
        SectionReader.Root(source, LnsSection.Root, s =>
        {
            CompareDefaults(LnsSection.Root.Section, s, faults);
            return 0;
        });
        faults.AddRange(source.Errors.Lines);
        CompareComments(LnsSection.Root.Section, "lns", [plain.Child("lns")!, withExamples.Child("lns")!], lines, [], faults);
        return faults;
    }

    private static void CompareDefaults(Section section, SectionReader s, List<string> faults)
    {
        foreach (var member in section.Members)
        {
            switch (member)
            {
                case Key key:
                    var found = key.Get(s);
                    if (s.Find(key.Name) is { } node && key.HasDefault && Show(found) != Show(key.Default))
                    {
                        faults.Add($"{node.Node.At}: {node.Path}: {Show(found)} is not the default; " +
                            $"{Declaration(section, key)} declares {Show(key.Default)}");
                    }
                    break;
                case Part part:
                    s.In(part, below =>
                    {
                        CompareDefaults(part.Section, below, faults);
                        return 0;
                    });
                    break;
                case Map map:
                    s.Each(map, static (_, _) => 0);
                    break;
                case SectionList list:
                    s.Each(list, static _ => 0);
                    break;
            }
        }
    }

    /// <param name="places">Where the section stands in lns.conf and in its examples.</param>
    private static void CompareComments(Section section, string path, List<HoconObject> places, string[] lines, HashSet<Key> seen,
        List<string> faults)
    {
        foreach (var member in section.Members)
        {
            var below = $"{path}.{member.Name}";
            var nodes = places.Select(p => p[member.Name]).OfType<HoconNode>().ToList();
            switch (member)
            {
                case Key key when seen.Add(key):
                    if (nodes is not [var node, ..])
                    {
                        faults.Add($"{below}: missing in lns.conf; {Declaration(section, key)} declares it");
                        break;
                    }
                    var expected = $"# Allowed: {key.Range}. [{(key.Apply == Apply.Restart ? "restart" : "live")}]";
                    if (lines[node.At.Line - 2].Trim() != expected)
                        faults.Add($"{node.At}: {below}: the line above must be '{expected}'; {Declaration(section, key)} declares it");
                    if (!lines[node.At.Line - 3].TrimStart().StartsWith("# ", StringComparison.Ordinal))
                        faults.Add($"{node.At}: {below}: lns.conf does not say what it does; {Declaration(section, key)} declares it");
                    break;
                case Part part:
                    CompareComments(part.Section, below, [.. nodes.OfType<HoconObject>()], lines, seen, faults);
                    break;
                case Map map:
                    var entries = nodes.OfType<HoconObject>().SelectMany(static o => o.Keys.Select(k => o[k])).OfType<HoconObject>();
                    CompareComments(map.Entry, $"{below}.*", [.. entries], lines, seen, faults);
                    break;
                case SectionList list:
                    var items = nodes.OfType<HoconArray>().SelectMany(static a => a.Items).OfType<HoconObject>();
                    CompareComments(list.Entry, $"{below}[]", [.. items], lines, seen, faults);
                    break;
            }
        }
    }

    private static IEnumerable<Key> Declared(Section section) => section.Members.SelectMany(static member => member switch
    {
        Key key => [key],
        Part part => Declared(part.Section),
        Map map => Declared(map.Entry),
        SectionList list => Declared(list.Entry),
        _ => [],
    }).Distinct();

    /// <summary>FILE:LINE of a declaration.</summary>
    private static string Declaration(Section section, Key key)
    {
        var lines = Repository.Read("src", "Akka.LNS.Server", "Settings", "Sections", section.File).Split('\n');
        var name = section.Members.OfType<Key>().FirstOrDefault(k => k.Companion == key)?.Name ?? key.Name;
        return $"{section.File}:{Array.FindIndex(lines, l => l.Contains($"\"{name}\"", StringComparison.Ordinal)) + 1}";
    }

    private static string Show(object? value) => value switch
    {
        null => "none",
        string text => text,
        IDictionary map => $"{{{string.Join(", ", map.Keys.Cast<object>().Select(k => $"{k} = {map[k]}").Order(StringComparer.Ordinal))}}}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object>().Select(Show))}]",
        _ => FormattableString.Invariant($"{value}"),
    };
}
