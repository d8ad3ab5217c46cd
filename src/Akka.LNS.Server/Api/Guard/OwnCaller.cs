using System.Security.Claims;

namespace Akka.LNS.Server.Api.Guard;

/// <summary>Caller of a request from inside the process, instead of a token. A request feature.</summary>
/// <param name="Who">Null: the login has ended.</param>
internal sealed record OwnCaller(ClaimsPrincipal? Who);
