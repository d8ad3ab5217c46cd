using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <summary>The settings in force.</summary>
/// <param name="File">Path of the configuration file of lnsd.</param>
/// <param name="Hocon">All values in force, including defaults. A secret is shown as ***.</param>
public sealed record ConfigReport(string File, [property: JsonConverter(typeof(LinesOfText))] string Hocon);

/// <summary>Result of a check of a configuration file.</summary>
/// <param name="Ok">The file has no error.</param>
/// <param name="Errors">All errors, as FILE:LINE: key: found value; allowed values.</param>
public sealed record ConfigCheckReport(string File, bool Ok, IReadOnlyList<string> Errors);

/// <summary>A key whose value in the file differs from the value in force.</summary>
/// <param name="From">Value in force; absent: none. A secret is shown as ***.</param>
/// <param name="To">Value in the file; absent: none.</param>
/// <param name="Secret">The value, or the content of the file that it names, is not shown. Both values may look alike.</param>
/// <param name="NeedsRestart">lnsd uses the value only after a restart.</param>
/// <param name="At">FILE:LINE of the new value.</param>
public sealed record ConfigChange(string Key, string? From, string? To, bool Secret, bool NeedsRestart, string? At);

/// <summary>What a reload would change.</summary>
/// <param name="Changed">Number of keys that differ.</param>
/// <param name="Changes">The first 1,000 of them.</param>
/// <param name="Errors">Not empty: the file cannot be applied.</param>
public sealed record ConfigDiff(string File, int Changed, IReadOnlyList<ConfigChange> Changes, IReadOnlyList<string> Errors);

/// <summary>Order to reload the configuration file.</summary>
/// <param name="Strict">Nothing is applied when a key needs a restart. False: the other keys are applied.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ConfigReloadRequest(bool Strict = false);

/// <summary>Result of a reload.</summary>
/// <param name="Applied">All keys that need no restart have the values of the file. False: nothing was applied.</param>
/// <param name="Waiting">Number of keys that wait for a restart.</param>
/// <param name="Notes">Further notes for the operator.</param>
public sealed record ConfigReloadResult(bool Applied, int Waiting, ConfigDiff Diff, IReadOnlyList<string> Notes);
