using System.Reflection;

namespace Akka.LNS.Server.Node;

/// <summary>Version of the program.</summary>
internal static class LnsdVersion
{
    public static string Text { get; } =
        typeof(LnsdVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
