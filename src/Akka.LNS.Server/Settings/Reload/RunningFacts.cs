using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Reload;

/// <summary>Facts about the running node that decide whether a changed key can be applied.</summary>
/// <param name="ListensForDynamicAuthorization">The socket of CoA and Disconnect is open.</param>
/// <param name="LogSources">Sources that had a level at the start.</param>
internal sealed record RunningFacts(bool ListensForDynamicAuthorization, IReadOnlySet<string> LogSources)
{
    /// <summary>True: a reload applies a change of the key; false: the next start does.</summary>
    /// <param name="declared">Declaration of the key or section; null: it is undeclared, as everything in <c>akka { }</c>.</param>
    /// <param name="name">Last part of the path.</param>
    /// <param name="isRemoved">The new configuration has no value for it.</param>
    public bool IsLive(Member? declared, string name, bool isRemoved) => declared?.Apply switch
    {
        Apply.Live => true,
        Apply.LiveWhileListening => ListensForDynamicAuthorization,
        Apply.LiveForKnownSource => !isRemoved && LogSources.Contains(name),
        _ => false,
    };
}
