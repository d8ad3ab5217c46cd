using System.Net;
using System.Security.Claims;

namespace Akka.LNS.Dashboard;

/// <summary>The names that lnsd and the dashboard share.</summary>
public static class DashboardRoles
{
    /// <summary>Of who may change something; everybody who is let in may look.</summary>
    public const string Operate = nameof(Operate);

    /// <summary>Of the authentication scheme of the API: client certificates, tokens in a header, the Unix socket.</summary>
    public const string ApiScheme = "lns";

    /// <summary>Of who takes the samples for the plots: nobody has logged in for it, and no reload ends it.</summary>
    public const string SamplerClaim = "lns:sampler";

    /// <summary>Claim: the address that somebody came from.</summary>
    public const string FromClaim = "lns:from";

    internal const string LoginClaim = "lns:login";
    internal const string Read = nameof(Read);

    internal static IPAddress? From(ClaimsPrincipal who) => IPAddress.TryParse(who.FindFirst(FromClaim)?.Value, out var address) ? address : null;
}
