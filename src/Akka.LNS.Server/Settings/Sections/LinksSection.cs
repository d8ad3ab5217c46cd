using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.links</c></summary>
internal static class LinksSection
{
    public static readonly Section Keys = new();
    private static readonly Part Defaults = Keys.Part("defaults", LinkTemplateSection.Keys);
    private static readonly Map Templates = Keys.Map("templates", LinkTemplateSection.Keys, Defaults, Named.LinkTemplate);

    /// <summary>The template that <c>defaults</c> makes, then the others in the order of the file.</summary>
    public static ImmutableArray<LinkTemplate> Read(SectionReader s, string nodeName)
    {
        s.Define(Named.LinkTemplate, TemplateNames.Default);
        var standard = s.In(Defaults, d => LinkTemplateSection.Read(TemplateNames.Default, d, nodeName));
        var others = s.Each(Templates, (name, t) => LinkTemplateSection.Read(name, t, nodeName));
        if (others.Any(static t => t.Name == TemplateNames.Default))
            s.Fail(Templates, "no template may be called 'default': that is the section defaults");
        return [standard, .. others.Where(static t => t.Name != TemplateNames.Default)];
    }
}
