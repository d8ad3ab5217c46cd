#!/usr/bin/env bash
# Radzen.Blazor 13.1.0 (NuGet), .NET 10. RadzenComponent.Attributes is documented to put extra attributes, ARIA ones
# among them, on the root element of a component. A progress bar, a circular progress bar and a check box render title
# but silently drop aria-label, so a screen reader finds no name. A button and a text box keep both. The three take the
# name from their parameter AriaLabel alone: unset, it erases the attribute.
# Output seen:
#   RadzenButton: title kept, aria-label kept
#   RadzenTextBox: title kept, aria-label kept
#   RadzenProgressBar: title kept, aria-label dropped
#   RadzenProgressBarCircular: title kept, aria-label dropped
#   RadzenCheckBox`1: title kept, aria-label dropped
#   RadzenProgressBar with AriaLabel: title kept, aria-label kept
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <FrameworkReference Include="Microsoft.AspNetCore.App" />
    <PackageReference Include="Radzen.Blazor" Version="13.1.0" />
  </ItemGroup>
</Project>
XML
cat >Program.cs <<'CS'
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;
using Radzen;
using Radzen.Blazor;

var services = new ServiceCollection().AddLogging().AddRadzenComponents();
services.AddScoped<NavigationManager, NoNavigation>().AddScoped<IJSRuntime, NoScript>();
await using var provider = services.BuildServiceProvider();
await using var renderer = new HtmlRenderer(provider, NullLoggerFactory.Instance);
await Show<RadzenButton>();
await Show<RadzenTextBox>();
await Show<RadzenProgressBar>();
await Show<RadzenProgressBarCircular>();
await Show<RadzenCheckBox<bool>>();
await Show<RadzenProgressBar>("AriaLabel");

async Task Show<T>(string parameter = "aria-label") where T : IComponent
{
    var given = ParameterView.FromDictionary(new Dictionary<string, object> { [parameter] = "Load", ["title"] = "Tip" });
    var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(given)).ToHtmlString());
    string Kept(string attribute) => html.Contains(attribute) ? "kept" : "dropped";
    var with = parameter == "AriaLabel" ? " with AriaLabel" : "";
    Console.WriteLine($"{typeof(T).Name}{with}: title {Kept("title=\"Tip\"")}, aria-label {Kept("aria-label=\"Load\"")}");
}

sealed class NoNavigation : NavigationManager
{
    public NoNavigation() => Initialize("http://localhost/", "http://localhost/");
}

sealed class NoScript : IJSRuntime
{
    public ValueTask<T> InvokeAsync<T>(string identifier, object[] args) => default;

    public ValueTask<T> InvokeAsync<T>(string identifier, CancellationToken cancellationToken, object[] args) => default;
}
CS
dotnet restore --nologo -v quiet >restore.txt 2>&1 || { tail -n 5 restore.txt; exit 77; }
dotnet run --no-restore -c Release >seen.txt
cat seen.txt
diff - seen.txt <<'TXT'
RadzenButton: title kept, aria-label kept
RadzenTextBox: title kept, aria-label kept
RadzenProgressBar: title kept, aria-label dropped
RadzenProgressBarCircular: title kept, aria-label dropped
RadzenCheckBox`1: title kept, aria-label dropped
RadzenProgressBar with AriaLabel: title kept, aria-label kept
TXT
