using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Reload;

/// <summary>One key that differs between two configurations.</summary>
/// <param name="From">The old value; null: the key was not set. A secret is ***.</param>
/// <param name="To">The new value; null: the key is not set. A secret is ***.</param>
/// <param name="IsHidden">The value, or the content of the file that it names, is a secret.</param>
/// <param name="At">FILE:LINE of the new value; null: the key is not set.</param>
internal sealed record SettingChange(string Key, string? From, string? To, bool NeedsRestart, bool IsHidden, string? At)
{
    public override string ToString() => Key + (this switch
    {
        { From: null } => $": added: {To}",
        { To: null } => ": removed",
        { IsHidden: true } when From == To && To == ValueNote.Hidden => ": changed",
        { IsHidden: true } when From == To => $": {To}, which holds something else",
        _ => $": {From} -> {To}",
    }) + (NeedsRestart ? " (needs a restart)" : "");
}
