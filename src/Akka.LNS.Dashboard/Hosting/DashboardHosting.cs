using Akka.LNS.Dashboard.Documents;
using Akka.LNS.Dashboard.Logins;
using Akka.LNS.Dashboard.Samples;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace Akka.LNS.Dashboard.Hosting;

/// <summary>Adds the dashboard to a host that has the API.</summary>
public static class DashboardHosting
{
    private const string Policy = "dashboard", Scheme = "dashboard", CookieScheme = LoginCookie.Scheme, CookieName = "lns-dashboard";

    /// <summary>Content comes from this host only. Inline styles are allowed: components set style attributes.</summary>
    private const string ContentSecurity =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
        + "form-action 'self'; frame-ancestors 'none'";

    public static void AddDashboard(this IServiceCollection services, DashboardOptions options)
    {
        services.AddSingleton(options).AddSingleton<LoginStore>().AddSingleton<ViewerLimit>().AddScoped<Viewer>();
        services.AddSingleton<Sampler>().AddHostedService(static s => s.GetRequiredService<Sampler>());
        services.Configure<KeyManagementOptions>(static o =>
            (o.XmlRepository, o.XmlEncryptor) = (new KeysInMemory(), new NullXmlEncryptor()));
        services.AddAuthentication()
            .AddPolicyScheme(Scheme, null, static o =>
            {
                o.ForwardDefaultSelector = static c =>
                    !c.Request.Cookies.ContainsKey(CookieName) && c.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not null
                        ? DashboardRoles.ApiScheme
                        : CookieScheme;
                o.ForwardChallenge = o.ForwardForbid = CookieScheme;
            })
            .AddCookie(CookieScheme);
        services.AddOptions<CookieAuthenticationOptions>(CookieScheme).Configure<LoginStore>((o, logins) =>
        {
            o.Cookie.Name = CookieName;
            o.Cookie.HttpOnly = true;
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.Cookie.Path = "/";
            o.SessionStore = logins;
            o.SlidingExpiration = false;
            o.ExpireTimeSpan = options.LoginLasts;
            (o.LoginPath, o.AccessDeniedPath, o.ReturnUrlParameter) = ("/login", "/login", "to");
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(Policy, new AuthorizationPolicyBuilder(Scheme).RequireRole(DashboardRoles.Read).Build());
        services.AddAntiforgery(static o => (o.Cookie.Name, o.Cookie.SameSite) = ("lns-antiforgery", SameSiteMode.Strict));
        services.AddCascadingAuthenticationState().AddRadzenComponents();
        services.AddRazorComponents().AddInteractiveServerComponents(o =>
        {
            o.DisconnectedCircuitMaxRetained = options.Viewers;
            o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(1);
            o.MaxBufferedUnacknowledgedRenderBatches = 4; // a slow browser gets no more updates until it has confirmed these
        });
    }

    /// <summary>Maps the pages. Call it after authentication and authorization.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        app.UseWebSockets();
        var limit = app.Services.GetRequiredService<ViewerLimit>();
        app.Use(next => context => limit.InvokeAsync(context, next));
        app.UseAntiforgery();
        app.Use(static next => context => IsLostBrowser(context)
            ? new RazorComponentResult<NotFoundDocument> { StatusCode = StatusCodes.Status404NotFound }.ExecuteAsync(context)
            : next(context));
        app.MapStaticAssets().AllowAnonymous();
        app.MapDownloads().RequireAuthorization(Policy);
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(static o => o.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization(Policy)
            .Add(static endpoint =>
            {
                var page = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = context =>
                {
                    var headers = context.Response.Headers;
                    headers.ContentSecurityPolicy = ContentSecurity;
                    headers.XContentTypeOptions = "nosniff";
                    headers["Referrer-Policy"] = "no-referrer";
                    return page(context);
                };
            });
    }

    /// <summary>True: a browser asks for an address that is no page and no resource.</summary>
    private static bool IsLostBrowser(HttpContext context) =>
        context.GetEndpoint() is null && HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api")
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
