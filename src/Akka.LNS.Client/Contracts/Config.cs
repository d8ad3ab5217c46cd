using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <param name="File">What lnsd was started with.</param>
/// <param name="Hocon">All values that hold, defaults included; a secret is ***.</param>
public sealed record ConfigReport(string File, string Hocon);

/// <param name="Ok">There is no error.</param>
/// <param name="Errors">FILE:LINE: key: what was found; what is allowed. All of them.</param>
public sealed record ConfigCheckReport(string File, bool Ok, IReadOnlyList<string> Errors);

/// <summary>A key whose value in the file is not the one that holds.</summary>
/// <param name="From">What holds; absent: nothing. A secret is ***.</param>
/// <param name="To">What the file says; absent: nothing.</param>
/// <param name="Secret">The value, or the content of the file that it names, is not shown: both may look alike.</param>
/// <param name="NeedsRestart">lnsd goes by it only when it is started again.</param>
/// <param name="At">FILE:LINE of the new value.</param>
public sealed record ConfigChange(string Key, string? From, string? To, bool Secret, bool NeedsRestart, string? At);

/// <summary>What the file would change.</summary>
/// <param name="Changed">How many keys differ.</param>
/// <param name="Changes">The first 1,000 of them.</param>
/// <param name="Errors">Not empty: the file cannot be applied.</param>
public sealed record ConfigDiff(string File, int Changed, IReadOnlyList<ConfigChange> Changes, IReadOnlyList<string> Errors);

/// <param name="Strict">Nothing is applied when a key needs a restart; else the rest is.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ConfigReloadRequest(bool Strict = false);

/// <param name="Applied">What can change at once is as the file says; false: nothing has changed.</param>
/// <param name="Waiting">Keys that wait for a restart.</param>
/// <param name="Notes">What else an operator should know.</param>
public sealed record ConfigReloadResult(bool Applied, int Waiting, ConfigDiff Diff, IReadOnlyList<string> Notes);
