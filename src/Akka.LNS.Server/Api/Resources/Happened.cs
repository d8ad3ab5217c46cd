namespace Akka.LNS.Server.Api.Resources;

/// <summary>Counts by name, as the API shows them.</summary>
internal static class Happened
{
    /// <summary>The counts that are not 0.</summary>
    public static Dictionary<string, long> Only(IEnumerable<(string Name, long Count)> all) =>
        all.Where(static c => c.Count > 0).ToDictionary(static c => c.Name, static c => c.Count, StringComparer.Ordinal);
}
