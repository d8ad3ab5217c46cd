using System.Security.Claims;
using Akka.LNS.Client;
using Microsoft.AspNetCore.Components.Authorization;

namespace Akka.LNS.Dashboard.Logins;

/// <summary>The user of one page, and an API client with the rights of the user.</summary>
internal sealed class Viewer(AuthenticationStateProvider state, LoginStore logins, IOwnApi own) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private LnsApiClient? _api;

    public async ValueTask<LnsApiClient> ApiAsync()
    {
        if (_api is not null) return _api;
        var who = (await state.GetAuthenticationStateAsync()).User;
        return _api ??= Connect(own, () => logins.MayAsk(who) ? who : null, DashboardRoles.From(who));
    }

    public void Dispose() => _api?.Dispose();

    public static LnsApiClient Connect(IOwnApi own, Func<ClaimsPrincipal?> caller, System.Net.IPAddress? from) =>
        new(new HttpClient(own.Connect(caller, from)) { BaseAddress = LnsApiAddress.Default.Root, Timeout = Patience });
}
