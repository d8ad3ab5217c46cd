namespace Akka.LNS.Server.Settings.Values;

/// <summary>Declaration of one key: its name, its type with unit and range in words, and when a change takes effect.</summary>
/// <param name="allowed">Type, unit and range in an error message.</param>
/// <param name="range">The same in short form, for the comment in lns.conf.</param>
internal abstract class Key(string name, string allowed, string range, Apply apply) : Member(name)
{
    public string Allowed { get; } = allowed;
    public string Range { get; } = range;
    public override Apply Apply { get; } = apply;

    /// <summary>A second key that is declared with this one; null: none.</summary>
    public virtual Key? Companion => null;

    /// <summary>The default; null is also that of an optional key.</summary>
    public abstract object? Default { get; }

    /// <summary>False: the key must be set.</summary>
    public abstract bool HasDefault { get; }

    /// <summary>The value as an object.</summary>
    public abstract object? Get(SectionReader section);

    public override Member? Below(string name) => null;
}

/// <summary>A key with a typed value.</summary>
/// <param name="standard">The default, from the settings record, so that the code defines it only once.</param>
internal abstract class Key<T>(string name, string allowed, string range, Apply apply, Standard<T> standard)
    : Key(name, allowed, range, apply)
{
    public override object? Default => standard.Value;
    public override bool HasDefault => standard.IsSet;

    /// <summary>The value. A faulty value adds an error and returns a substitute, so that one reading finds all errors.</summary>
    public abstract T Read(SectionReader section);

    public sealed override object? Get(SectionReader section) => section.Get(this);

    /// <summary>The default of a key that is set nowhere, or an error.</summary>
    protected T Missing(SectionReader section, T standIn) => standard.IsSet ? standard.Value : section.Missing(this, standIn);
}

/// <summary>The default of a key, or none: <c>default</c> means that the key must be set.</summary>
internal readonly record struct Standard<T>(T Value, bool IsSet)
{
    public static implicit operator Standard<T>(T value) => new(value, true);
}
