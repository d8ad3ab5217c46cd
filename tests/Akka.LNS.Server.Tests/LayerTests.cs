using System.Reflection;
using System.Text.RegularExpressions;
using NetArchTest.Rules;

namespace Akka.LNS.Server.Tests;

/// <summary>Who may use whom.</summary>
public class LayerTests
{
    private const string Wire = "Akka.LNS.Wire", Protocol = "Akka.LNS.Protocol", Peers = "Akka.LNS.Protocol.Peers",
        DataPlane = "Akka.LNS.DataPlane", Actors = "Akka.LNS.Actors", Clustering = "Akka.LNS.Clustering",
        Server = "Akka.LNS.Server", Client = "Akka.LNS.Client", Dashboard = "Akka.LNS.Dashboard";

    /// <summary>Akka's own namespaces: "Akka" alone would be ours too.</summary>
    private static readonly string[] AkkaItself =
        ["Akka.Actor", "Akka.Event", "Akka.IO", "Akka.Dispatch", "Akka.Configuration", "Akka.Hosting", "Akka.Routing", "Akka.Pattern", "Akka.Util", "Akka.Cluster", "Akka.Streams", "Akka.Remote"];

    private static readonly string[] Impure =
        ["System.Net.Sockets", "System.Threading", "System.IO", "Microsoft.Extensions", "Serilog", "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Random"];

    /// <summary>Dictionaries are resources of the assembly, and .NET hands these out as streams: no I/O of the outside.</summary>
    private static readonly string[] ReadsItsOwnImage = ["Akka.LNS.Wire.Radius.RadiusDictionary"];

    public static TheoryData<string, string[]> Never => new()
    {
        { Wire, [Protocol, DataPlane, Actors, Clustering, Server, Client, Dashboard, "Tmds", .. AkkaItself, .. Impure] },
        { Protocol, [DataPlane, Actors, Clustering, Server, Client, Dashboard, "Tmds", .. AkkaItself, .. Impure] },
        { Peers, [DataPlane, Actors, Clustering, Server, Client, Dashboard, "Tmds", .. AkkaItself, .. Impure] },
        { DataPlane, [Protocol, Actors, Clustering, Server, Client, Dashboard, "Microsoft.Extensions", "Serilog", .. AkkaItself] },
        { Actors, [Clustering, Server, Client, Dashboard, "Akka.Cluster", "Akka.Remote", "Serilog", "Tmds", "System.Net.Http"] },
        { Clustering, [DataPlane, Server, Client, Dashboard, "Serilog", "Tmds", "System.Net.Http"] },
    };

    [Theory]
    [MemberData(nameof(Never))]
    public void A_layer_never_uses(string layer, string[] never)
    {
        var result = Types.InAssembly(Assembly.Load(layer)).ShouldNot().HaveDependencyOnAny(never).GetResult();
        Assert.Empty((result.FailingTypeNames ?? []).Except(ReadsItsOwnImage));
    }

    [Theory]
    [InlineData(Wire)]
    [InlineData(Protocol, Wire)]
    [InlineData(Peers, Protocol, Wire)]
    [InlineData(DataPlane, Wire, "Tmds.LibC")]
    [InlineData(Client)]
    [InlineData("lnsctl", Client, "Spectre.Console", "Spectre.Console.Ansi")]
    public void A_lower_layer_references_only(string layer, params string[] allowed)
    {
        var references = Assembly.Load(layer).GetReferencedAssemblies().Select(static a => a.Name!)
            .Where(static name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not ("System" or "netstandard" or "mscorlib"));
        Assert.Empty(references.Except(allowed));
    }

    /// <summary>All that it knows of the node comes by the API.</summary>
    [Fact]
    public void Of_ours_the_dashboard_knows_the_client_alone() => Assert.Equal([Client], Assembly.Load(Dashboard).GetReferencedAssemblies()
        .Select(static a => a.Name!).Where(static name => name.StartsWith("Akka", StringComparison.Ordinal) || name == "lnsd"));

    [Theory]
    [InlineData(Wire)]
    [InlineData(Protocol)]
    [InlineData(Peers)]
    public void The_purity_list_is_active_in_the_pure_projects(string project)
    {
        var file = Repository.Read("src", project, $"{project}.csproj");
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", file, StringComparison.Ordinal);
        Assert.Matches("""<AdditionalFiles Include="\.\./BannedSymbols\.txt" />""", file);
        Assert.DoesNotContain("RS0030", file, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^dotnet_diagnostic\.RS0030\.severity = error", Repository.Read(".editorconfig"));
        var suppressed = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(static path => File.ReadAllText(path).Contains("RS0030", StringComparison.Ordinal));
        Assert.Empty(suppressed.Select(static path => Path.GetFileName(path)).Except(["RadiusDictionary.Embedded.cs"])); // see ReadsItsOwnImage
    }

    [Theory]
    [InlineData("N:Akka.Actor")]
    [InlineData("N:System.Net.Sockets")]
    [InlineData("N:System.Threading")]
    [InlineData("N:System.Threading.Tasks")]
    [InlineData("N:System.IO")]
    [InlineData("T:System.Random")]
    [InlineData("T:System.DateTime")]
    [InlineData("T:System.TimeProvider")]
    [InlineData("T:System.Diagnostics.Stopwatch")]
    public void The_purity_list_bans(string symbol) =>
        Assert.Contains(Repository.Read("src", "BannedSymbols.txt").Split('\n'), line => line.StartsWith(symbol + ";", StringComparison.Ordinal));

    /// <summary>Inside namespace Akka.LNS.X the compiler would find these before Akka's.</summary>
    [Fact]
    public void No_name_of_ours_hides_one_of_akkas()
    {
        string[] taken = ["Event", "Actor", "IO", "Cluster", "Util", "Dispatch", "Routing", "Pattern", "Streams", "Remote", "Configuration"];
        foreach (var layer in new[] { Wire, Protocol, Peers, DataPlane, Actors, Clustering, Client, "lnsd" })
        {
            var types = Assembly.Load(layer).GetTypes().Where(static t => t.Namespace?.StartsWith("Akka.LNS", StringComparison.Ordinal) == true).ToArray();
            Assert.DoesNotContain(types, t => !t.IsNested && taken.Contains(t.Name));
            Assert.DoesNotContain(types, t => t.Namespace!.Split('.').Skip(2).Any(taken.Contains));
        }
    }

    [Fact]
    public void The_root_holds_what_the_design_says()
    {
        string[] allowed = ["src", "tests", "deploy", "hocon", "Akka.LNS.sln", "README.md"];
        var found = Directory.EnumerateFileSystemEntries(Repository.Root).Select(static p => Path.GetFileName(p)!)
            .Where(static name => !name.StartsWith('.') && !Regex.IsMatch(name, "^(artifacts|TestResults|BenchmarkDotNet.Artifacts)$"));
        Assert.Empty(found.Except(allowed));
    }
}
