using System.Reflection;
using System.Text.RegularExpressions;
using NetArchTest.Rules;

namespace Akka.LNS.Architecture.Tests;

/// <summary>Which project may use which: the table of ARCHITECTURE.md.</summary>
public class LayerTests
{
    private const string Wire = "Akka.LNS.Wire", Protocol = "Akka.LNS.Protocol", Peers = "Akka.LNS.Protocol.Peers",
        DataPlane = "Akka.LNS.DataPlane", Actors = "Akka.LNS.Actors", Clustering = "Akka.LNS.Clustering",
        Server = "Akka.LNS.Server", Client = "Akka.LNS.Client", Dashboard = "Akka.LNS.Dashboard";

    /// <summary>Namespaces of Akka.NET: "Akka" alone would match ours too.</summary>
    private static readonly string[] AkkaItself =
    [
        "Akka.Actor", "Akka.Event", "Akka.IO", "Akka.Dispatch", "Akka.Configuration", "Akka.Hosting", "Akka.Routing", "Akka.Pattern",
        "Akka.Util", "Akka.Cluster", "Akka.Streams", "Akka.Remote",
    ];

    private static readonly string[] Impure =
    [
        "System.Net.Sockets", "System.Threading", "System.IO", "Microsoft.Extensions", "Serilog", "System.Diagnostics.Stopwatch",
        "System.TimeProvider", "System.Random",
    ];

    /// <summary>Reads the dictionaries, which are resources of its assembly: .NET gives these as streams.</summary>
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
        var code = CompiledSources.Instance;
        var failing = (result.FailingTypeNames ?? []).Except(ReadsItsOwnImage).ToHashSet();
        Assert.Empty(code.Assembly(layer).MainModule.GetTypes().Where(type => failing.Contains(type.FullName.Replace('/', '+')))
            .Select(type => $"{code.Where(type)}: {type.FullName} uses what {layer} must not"));
        Assert.Empty(failing);
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
            .Where(static name => !name.StartsWith("System.", StringComparison.Ordinal))
            .Where(static name => name is not ("System" or "netstandard" or "mscorlib"));
        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void The_dashboard_references_only_the_client_of_our_projects() =>
        Assert.Equal([Client], Assembly.Load(Dashboard).GetReferencedAssemblies()
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
        var suppressed = Repository.Sources("src", project)
            .Where(static path => File.ReadAllText(path).Contains("RS0030", StringComparison.Ordinal));
        // see ReadsItsOwnImage
        Assert.Empty(suppressed.Where(static path => Path.GetFileName(path) != "RadiusDictionary.Embedded.cs").Select(Repository.Relative));
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
        Assert.Contains(Repository.Read("src", "BannedSymbols.txt").Split('\n'),
            line => line.StartsWith(symbol + ";", StringComparison.Ordinal));

    /// <summary>Inside namespace Akka.LNS.X the compiler finds these before those of Akka.NET.</summary>
    [Fact]
    public void No_name_of_ours_hides_a_name_of_Akka()
    {
        string[] taken =
            ["Event", "Actor", "IO", "Cluster", "Util", "Dispatch", "Routing", "Pattern", "Streams", "Remote", "Configuration"];
        foreach (var layer in new[] { Wire, Protocol, Peers, DataPlane, Actors, Clustering, Client, "lnsd" })
        {
            var types = Assembly.Load(layer).GetTypes()
                .Where(static t => t.Namespace?.StartsWith("Akka.LNS", StringComparison.Ordinal) == true).ToArray();
            Assert.DoesNotContain(types, t => !t.IsNested && taken.Contains(t.Name));
            Assert.DoesNotContain(types, t => t.Namespace!.Split('.').Skip(2).Any(taken.Contains));
        }
    }

    [Fact]
    public void The_root_holds_no_other_files_and_folders()
    {
        string[] allowed = ["src", "tests", "deploy", "hocon", "findings", "Akka.LNS.sln", "README.md"];
        var found = Directory.EnumerateFileSystemEntries(Repository.Root).Select(static p => Path.GetFileName(p)!)
            .Where(static name => !name.StartsWith('.') && !Regex.IsMatch(name, "^(artifacts|TestResults|BenchmarkDotNet.Artifacts)$"));
        Assert.Empty(found.Except(allowed));
    }
}
