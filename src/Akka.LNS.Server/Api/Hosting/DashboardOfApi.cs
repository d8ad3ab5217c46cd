using Akka.LNS.Server.Settings.Sections;
using Akka.LNS.Dashboard;
using Akka.LNS.Dashboard.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.LNS.Server.Api.Hosting;

/// <summary>The dashboard in the host of the API. Nothing else names its types: without it they are not even loaded.</summary>
internal static class DashboardOfApi
{
    public static void Add(WebApplicationBuilder builder, DashboardSettings settings)
    {
        builder.WebHost.UseStaticWebAssets(); // a build has them where the packages are; a published lnsd in wwwroot, and nothing happens here
        builder.Services.AddSingleton<OwnApi>().AddSingleton<IOwnApi>(static s => s.GetRequiredService<OwnApi>());
        builder.Services.AddDashboard(new DashboardOptions(settings.Viewers, settings.Logins, settings.LoginLasts, settings.SampleInterval, settings.History));
    }

    /// <summary>Before all other middleware.</summary>
    public static void Connect(WebApplication app) => app.Use(app.Services.GetRequiredService<OwnApi>().Use);

    public static void Map(WebApplication app) => app.MapDashboard();
}
