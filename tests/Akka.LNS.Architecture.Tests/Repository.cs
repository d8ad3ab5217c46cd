using System.Reflection;

namespace Akka.LNS.Architecture.Tests;

/// <summary>The files of the repository that these tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static a => a.Key == "RepositoryRoot").Value!);

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    /// <summary>Path from the root of the repository, with slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The .cs files below a folder of the repository that a person wrote.</summary>
    public static IEnumerable<string> Sources(params string[] folder) =>
        Directory.EnumerateFiles(Path.Combine([Root, .. folder]), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !Relative(path).Split('/').Any(static part => part is "obj" or "bin")).Order(StringComparer.Ordinal);
}
