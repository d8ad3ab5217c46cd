using Akka.LNS.Actors.Settings;
using Akka.LNS.Server.Settings.Values;
using Akka.LNS.Wire;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.group</c></summary>
internal static class GroupSection
{
    public static readonly Section Keys = new();
    private static readonly Key<string> Name = Keys.Text("name", new GroupSettings().Name, 64, Apply.Restart);
    private static readonly Key<string?> NasIdentifier = Keys.OptionalText("nas-identifier", 253, Apply.Restart); // RFC 2865 section 5.32
    private static readonly Key<Ipv4Address?> NasIpAddress =
        Keys.Optional<Ipv4Address?>("nas-ip-address", "an IPv4 address", Networks.Ipv4, Apply.Restart);

    public static GroupSettings Read(SectionReader s)
    {
        var name = s.Get(Name);
        return new GroupSettings { Name = name, NasIdentifier = s.Get(NasIdentifier) ?? name, NasIpAddress = s.Get(NasIpAddress) };
    }
}
