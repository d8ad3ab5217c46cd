namespace Akka.LNS.Protocol.Admission;

/// <summary>Settings of a LAC for admission.</summary>
/// <param name="Entry">Key of its <c>tunnels.peers</c> entry.</param>
/// <param name="Limits">Limits of all tunnels with the same Host Name together.</param>
/// <param name="MaxSessions">Maximum number of sessions in one tunnel.</param>
/// <param name="NeedsRadius">Its calls cannot come up without RADIUS.</param>
public sealed record LacPolicy(string Entry, QuotaLimits Limits, int MaxSessions, bool NeedsRadius);

/// <summary>
/// Use of the limits of one LAC. An entry of <c>tunnels.peers</c> and a Host Name identify the LAC. All its tunnels count together, also
/// from different addresses.
/// </summary>
/// <remarks>Owned by <see cref="NodeAdmission"/>, which alone changes it.</remarks>
public sealed class LacAccount
{
    internal LacAccount(LacPolicy policy, string hostName, Quota quota) => (Policy, HostName, Quota) = (policy, hostName, quota);

    /// <summary>Host Name AVP of the LAC.</summary>
    public string HostName { get; }

    public LacPolicy Policy { get; internal set; }

    public Quota Quota { get; }

    /// <summary>A tunnel with this Host Name has been established. Only then the name appears in counters.</summary>
    public bool IsProven { get; internal set; }

    /// <summary>Logins without an answer, and young calls that will send one.</summary>
    internal int ExpectedLogins { get; set; }

    /// <summary>Number of tunnels that use the account, including those that linger after their end.</summary>
    internal int Holders { get; set; }
}

/// <summary>An admitted call, until its end.</summary>
/// <remarks>Owned by <see cref="NodeAdmission"/>, which alone changes it.</remarks>
public sealed class CallTicket
{
    internal CallTicket(LacAccount lac) => (Lac, NeedsRadius) = (lac, lac.Policy.NeedsRadius);

    public LacAccount Lac { get; internal set; }

    /// <summary>The subscriber is not up yet, and the call has not ended.</summary>
    public bool IsInSetup { get; internal set; } = true;

    internal bool NeedsRadius { get; }
    internal bool IsOver { get; set; }
    internal ExpectedLogin Login { get; set; }

    /// <summary>Time from which a call without a login is silent.</summary>
    internal Instant SilentAt { get; set; }
}

/// <summary>What a call will want of RADIUS.</summary>
internal enum ExpectedLogin : byte
{
    /// <summary>Nothing that is expected.</summary>
    None,
    /// <summary>The call is young: its login will come.</summary>
    Soon,
    /// <summary>Its login has no answer yet.</summary>
    Asked,
}

/// <summary>
/// Compares accounts by entry and Host Name. Case of the Host Name does not matter, as in the patterns of <c>tunnels.peers</c>.
/// </summary>
internal sealed class LacComparer : IEqualityComparer<(string Entry, string HostName)>
{
    public static readonly LacComparer Instance = new();

    public bool Equals((string Entry, string HostName) x, (string Entry, string HostName) y) =>
        x.Entry == y.Entry && string.Equals(x.HostName, y.HostName, StringComparison.OrdinalIgnoreCase);

    public int GetHashCode((string Entry, string HostName) key) => StringComparer.OrdinalIgnoreCase.GetHashCode(key.HostName);
}
