namespace Akka.LNS.Architecture.Tests;

/// <summary>Broken rules, each with file and line.</summary>
internal static class Violations
{
    /// <summary>Fails with one line for each broken rule.</summary>
    public static void None(IEnumerable<string> messages)
    {
        var failure = string.Join('\n', messages);
        if (failure.Length > 0) Assert.Fail(failure);
    }
}
