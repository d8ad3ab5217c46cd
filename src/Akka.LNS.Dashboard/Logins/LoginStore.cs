using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Akka.LNS.Dashboard.Logins;

/// <summary>Who has logged in, in memory alone: the cookie has a random name of it and nothing else. A login lasts a fixed time, used or not; there are so many at most, then the oldest ends.</summary>
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

    /// <summary>Somebody else logs in with the same browser: the old login becomes the new one. It never slides by use.</summary>
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

    /// <summary>A page that is open outlives its login, and may not ask any more then.</summary>
    public bool MayAsk(ClaimsPrincipal who) =>
        who.Identity?.IsAuthenticated == true && (who.FindFirst(DashboardRoles.LoginClaim) is not { } login || Find(login.Value) is not null);

    private AuthenticationTicket? Find(string key)
    {
        lock (_lock) return _logins.TryGetValue(key, out var login) && login.Ends > clock.GetUtcNow() ? login.Ticket : null;
    }

    private sealed record Login(AuthenticationTicket Ticket, DateTimeOffset Ends);
}
