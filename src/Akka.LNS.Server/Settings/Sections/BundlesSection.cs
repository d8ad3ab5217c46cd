using System.Collections.Immutable;
using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.bundles</c></summary>
internal static class BundlesSection
{
    public static readonly Section Keys = new();
    private static readonly Part Defaults = Keys.Part("defaults", BundleTemplateSection.Keys);
    private static readonly Map Templates = Keys.Map("templates", BundleTemplateSection.Keys, Defaults, Named.BundleTemplate);

    /// <summary>The template that <c>defaults</c> makes, then the others in the order of the file.</summary>
    /// <param name="takesCalls">A call can get the template of that name. Called when everything is read.</param>
    public static ImmutableArray<BundleTemplate> Read(SectionReader s, Func<string, bool> takesCalls)
    {
        s.Define(Named.BundleTemplate, TemplateNames.Default);
        var standard = s.In(Defaults, d => BundleTemplateSection.Read(TemplateNames.Default, d, takesCalls));
        var others = s.Each(Templates, (name, t) => BundleTemplateSection.Read(name, t, takesCalls));
        if (others.Any(static t => t.Name == TemplateNames.Default))
            s.Fail(Templates, "no template may be called 'default': that is the section defaults");
        return [standard, .. others.Where(static t => t.Name != TemplateNames.Default)];
    }
}
