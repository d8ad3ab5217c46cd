using System.Net;
using System.Security.Claims;

namespace Akka.LNS.Dashboard;

/// <summary>The HTTP API of the lnsd that serves the dashboard, called in process.</summary>
public interface IOwnApi
{
    /// <summary>Finds the user of a token; null: unknown token. The answer to many wrong tokens of a client is slow.</summary>
    /// <param name="from">Address of the client.</param>
    Task<ClaimsPrincipal?> FindAsync(string token, IPAddress? from, CancellationToken cancellation);

    /// <summary>Makes a handler that passes requests to the API.</summary>
    /// <param name="caller">User of the requests; null: none, and the API refuses the request.</param>
    /// <param name="from">Address of the caller, for the audit log.</param>
    HttpMessageHandler Connect(Func<ClaimsPrincipal?> caller, IPAddress? from);
}
