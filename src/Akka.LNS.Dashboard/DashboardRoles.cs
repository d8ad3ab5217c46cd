using System.Net;
using System.Security.Claims;

namespace Akka.LNS.Dashboard;

/// <summary>Names of roles, schemes and claims that lnsd and the dashboard share.</summary>
public static class DashboardRoles
{
    /// <summary>Role of users who may change something. Every user may read.</summary>
    public const string Operate = nameof(Operate);

    /// <summary>Authentication scheme of the API: client certificates, tokens in a header, the Unix socket.</summary>
    public const string ApiScheme = "lns";

    /// <summary>Claim of the sampler of the plots. It needs no login and survives a reload.</summary>
    public const string SamplerClaim = "lns:sampler";

    /// <summary>Claim with the IP address of the user.</summary>
    public const string FromClaim = "lns:from";

    internal const string LoginClaim = "lns:login";
    internal const string Read = nameof(Read);

    internal static IPAddress? From(ClaimsPrincipal who) =>
        IPAddress.TryParse(who.FindFirst(FromClaim)?.Value, out var address) ? address : null;
}
