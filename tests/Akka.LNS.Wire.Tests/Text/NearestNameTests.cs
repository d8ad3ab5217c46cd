using Akka.LNS.Wire.Text;

namespace Akka.LNS.Wire.Tests.Text;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("Framed-IP-Adress", "Framed-IP-Address")] // a letter is missing
    [InlineData("framed-ip-address", "Framed-IP-Address")] // case does not count
    [InlineData("Framed-IP-Addresss", "Framed-IP-Address")] // a letter too many
    [InlineData("Fremed-IP-Nettmask", "Framed-IP-Netmask")]
    [InlineData("ab", "b")] // of the same distance, the first in ordinal order
    [InlineData("Session-Timeout", null)]
    [InlineData("xyz", null)]
    public void The_nearest_candidate_is_found_when_it_is_near(string name, string? nearest)
    {
        string[] candidates = ["Framed-IP-Netmask", "Framed-IP-Address", "bb", "b"];
        Assert.Equal(nearest, NearestName.Of(name, candidates));
        Assert.Equal(nearest, NearestName.Of(name, candidates.Reverse()));
    }
}
