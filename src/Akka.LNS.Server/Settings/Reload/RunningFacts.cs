using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Reload;

/// <summary>Facts about the running node that decide whether a changed key can be applied.</summary>
/// <param name="ListensForDynamicAuthorization">The socket of CoA and Disconnect is open.</param>
internal sealed record RunningFacts(bool ListensForDynamicAuthorization)
{
    /// <summary>True: a reload applies a change of the key; false: the next start does.</summary>
    /// <param name="declared">Declaration of the key or section; null: it is undeclared, as everything in <c>akka { }</c>.</param>
    public bool IsLive(Member? declared) => declared?.Apply switch
    {
        Apply.Live => true,
        Apply.LiveWhileListening => ListensForDynamicAuthorization,
        _ => false,
    };
}
