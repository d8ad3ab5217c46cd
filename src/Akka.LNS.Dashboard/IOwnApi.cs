using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

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

    /// <summary>
    /// Answers a request of a browser with a list of the API as CSV, with the query of the request. The browser gets the rows while they
    /// are made.
    /// </summary>
    /// <param name="caller">User of the request; null: none, and the API refuses the request.</param>
    /// <param name="path">Path of the list in the API.</param>
    Task ForwardCsvAsync(Func<ClaimsPrincipal?> caller, HttpContext from, string path);
}
