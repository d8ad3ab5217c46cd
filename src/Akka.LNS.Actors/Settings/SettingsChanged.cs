namespace Akka.LNS.Actors.Settings;

/// <summary>
/// New settings, for actors that keep a value made from them. Each calls <see cref="SettingsApplied.Done"/> when it uses them.
/// </summary>
internal sealed record SettingsChanged(LnsSettings Settings, SettingsApplied Applied) : INoSerializationVerificationNeeded;

/// <summary>Completes when all parts use the new settings.</summary>
internal sealed class SettingsApplied(int parts)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = parts;

    public Task Task => _done.Task;

    public void Done()
    {
        if (Interlocked.Decrement(ref _left) == 0) _done.TrySetResult();
    }
}
