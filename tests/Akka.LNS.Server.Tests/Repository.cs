using System.Reflection;

namespace Akka.LNS.Server.Tests;

/// <summary>The files that the tests are about.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Metadata("RepositoryRoot"));

    /// <summary>The program as built beside these tests.</summary>
    public static string Lnsd { get; } = Path.Combine(Root, "src", "Akka.LNS.Server", "bin", Metadata("BuildConfiguration"), "net10.0",
        "lnsd.dll");

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;
}
