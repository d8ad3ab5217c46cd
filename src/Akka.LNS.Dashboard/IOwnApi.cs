using System.Net;
using System.Security.Claims;

namespace Akka.LNS.Dashboard;

/// <summary>The HTTP API of the lnsd that serves the dashboard, without a socket between.</summary>
public interface IOwnApi
{
    /// <summary>Whose token it is; null: nobody's.</summary>
    ClaimsPrincipal? Find(string token);

    /// <summary>Carries requests to the API.</summary>
    /// <param name="caller">As whom it asks; null: as nobody, which the API refuses.</param>
    /// <param name="from">Where the caller sits, for the audit log.</param>
    HttpMessageHandler Connect(Func<ClaimsPrincipal?> caller, IPAddress? from);
}
