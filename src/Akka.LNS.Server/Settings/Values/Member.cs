namespace Akka.LNS.Server.Settings.Values;

/// <summary>A declared name inside a <see cref="Section"/>: a key, a section, a map of sections or a list of sections.</summary>
internal abstract class Member(string name)
{
    public string Name { get; } = name;

    /// <summary>When a change takes effect: the latest of all keys below.</summary>
    public abstract Apply Apply { get; }

    /// <summary>The declaration of a name below this one; null: undeclared.</summary>
    public abstract Member? Below(string name);
}

/// <summary>A section inside a section.</summary>
internal sealed class Part(string name, Section section) : Member(name)
{
    public Section Section => section;
    public override Apply Apply => section.Apply;
    public override Member? Below(string name) => section.Find(name);
}

/// <summary>A section whose keys are names of the operator, each with a section of the same form.</summary>
/// <param name="defaults">Section whose values each entry has unless it sets them.</param>
/// <param name="defines">What an entry defines; null: nothing that other keys refer to.</param>
internal sealed class Map(string name, Section entry, Part? defaults, Named? defines) : Member(name)
{
    private readonly Part _entry = new("*", entry);

    public Section Entry => entry;
    public Part? Defaults => defaults;
    public Named? Defines => defines;
    public override Apply Apply => entry.Apply;
    public override Member Below(string name) => _entry;
}

/// <summary>A list of sections of the same form.</summary>
/// <param name="defaults">Section whose values each entry has unless it sets them.</param>
internal sealed class SectionList(string name, Section entry, Part defaults) : Member(name)
{
    public Section Entry => entry;
    public Part Defaults => defaults;
    public override Apply Apply => entry.Apply;
    public override Member? Below(string name) => entry.Find(name);
}
