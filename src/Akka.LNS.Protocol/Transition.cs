using System.Collections.Immutable;

namespace Akka.LNS.Protocol;

/// <summary>Answer of a state machine to an event: the next state, and the effects that the shell must run in order.</summary>
public readonly struct Transition<TState, TEffect>
{
    private readonly ImmutableArray<TEffect> _effects;

    public Transition(TState state, params ReadOnlySpan<TEffect> effects)
    {
        State = state;
        _effects = effects.IsEmpty ? [] : [.. effects];
    }

    public Transition(TState state, ImmutableArray<TEffect> effects)
    {
        State = state;
        _effects = effects;
    }

    public TState State { get; }
    public ImmutableArray<TEffect> Effects => _effects.IsDefault ? [] : _effects;

    public void Deconstruct(out TState state, out ImmutableArray<TEffect> effects) => (state, effects) = (State, Effects);
}
