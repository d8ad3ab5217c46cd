namespace Akka.LNS.Actors.Settings;

/// <summary>Settings of the new calls of a tunnel.</summary>
/// <param name="Entry">Entry of <c>tunnels.peers</c>.</param>
/// <param name="Link">Link template of the entry.</param>
/// <param name="Bundle">Bundle template of the link template. Used only when the settings no longer have a template of that name.</param>
internal sealed record CallTemplates(PeerSettings Entry, LinkTemplate Link, BundleTemplate? Bundle)
{
    public static CallTemplates Of(PeerSettings entry, LnsSettings settings)
    {
        var link = settings.Links[entry.Link];
        return new CallTemplates(entry, link, settings.Bundles.GetValueOrDefault(link.Bundle));
    }
}
