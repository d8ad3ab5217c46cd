using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Akka.LNS.Dashboard.Logins;

/// <summary>
/// Logins, in memory only. The cookie contains a random key of the login and nothing else. A login has a fixed lifetime, used or not. When
/// the maximum number is reached, a new login ends the oldest one.
/// </summary>
internal sealed class LoginStore(DashboardOptions options, TimeProvider clock) : ITicketStore
{
    private const int KeyOctets = 32;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Login> _logins = [];

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = Convert.ToHexString(RandomNumberGenerator.GetBytes(KeyOctets));
        (ticket.Principal.Identity as ClaimsIdentity)?.AddClaim(new Claim(DashboardRoles.LoginClaim, key));
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            foreach (var (old, login) in _logins)
                if (login.Ends <= now) _logins.Remove(old);
            while (_logins.Count >= options.Logins) _logins.Remove(_logins.MinBy(static l => l.Value.Ends).Key);
            _logins.Add(key, new Login(ticket, now + options.LoginLasts));
        }
        return Task.FromResult(key);
    }

    /// <summary>Replaces the login of a browser by another user. Use of a login does not extend it.</summary>
    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        (ticket.Principal.Identity as ClaimsIdentity)?.AddClaim(new Claim(DashboardRoles.LoginClaim, key));
        lock (_lock) _logins[key] = new Login(ticket, clock.GetUtcNow() + options.LoginLasts);
        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(Find(key));

    public Task RemoveAsync(string key)
    {
        lock (_lock) _logins.Remove(key);
        return Task.CompletedTask;
    }

    /// <summary>False when the login has ended. An open page outlives its login, but its requests are refused.</summary>
    public bool MayAsk(ClaimsPrincipal who) =>
        who.Identity?.IsAuthenticated == true
        && (who.FindFirst(DashboardRoles.LoginClaim) is not { } login || Find(login.Value) is not null);

    private AuthenticationTicket? Find(string key)
    {
        lock (_lock) return _logins.TryGetValue(key, out var login) && login.Ends > clock.GetUtcNow() ? login.Ticket : null;
    }

    private sealed record Login(AuthenticationTicket Ticket, DateTimeOffset Ends);
}
