using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Akka.LNS.Dashboard.Logins;

/// <summary>Begins and ends a login of a browser.</summary>
internal static class LoginCookie
{
    /// <summary>Authentication scheme of the cookie.</summary>
    public const string Scheme = "dashboard-cookie";

    public static Task SignInAsync(HttpContext context, ClaimsPrincipal who) => context.SignInAsync(Scheme, who);

    public static Task SignOutAsync(HttpContext context) => context.SignOutAsync(Scheme);
}
