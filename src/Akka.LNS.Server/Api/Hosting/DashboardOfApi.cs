using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Dashboard;
using Akka.LNS.Dashboard.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.LNS.Server.Api.Hosting;

/// <summary>
/// Serves the dashboard in the host of the API. No other class uses its types, so they are loaded only with the dashboard.
/// </summary>
internal static class DashboardOfApi
{
    public static void Add(WebApplicationBuilder builder, DashboardSettings settings)
    {
        builder.WebHost.UseStaticWebAssets(); // for a build; a published lnsd has the files in wwwroot
        builder.Services.AddSingleton<OwnApi>().AddSingleton<IOwnApi>(static s => s.GetRequiredService<OwnApi>());
        builder.Services.AddDashboard(
            new DashboardOptions(settings.Viewers, settings.Logins, settings.LoginLasts, settings.SampleInterval, settings.History));
    }

    /// <summary>Connects the dashboard to the API. Call it before all other middleware.</summary>
    public static void Connect(WebApplication app) => app.Use(app.Services.GetRequiredService<OwnApi>().Use);

    public static void Map(WebApplication app) => app.MapDashboard();
}
