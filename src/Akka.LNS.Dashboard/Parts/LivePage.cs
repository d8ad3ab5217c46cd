using Akka.LNS.Client;
using Akka.LNS.Dashboard.Logins;
using Akka.LNS.Dashboard.Samples;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Akka.LNS.Dashboard.Parts;

/// <summary>A page that is refreshed at each sample, and shows the error of the latest request.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private int _busy;
    private bool _gone, _leaves;

    [Inject] internal Sampler Samples { get; set; } = null!;
    [Inject] internal Viewer Viewer { get; set; } = null!;
    [Inject] internal NavigationManager Navigation { get; set; } = null!;
    [CascadingParameter] internal Task<AuthenticationState> State { get; set; } = null!;

    /// <summary>The user may change something.</summary>
    protected bool MayOperate { get; private set; }

    /// <summary>Error of the latest request; null: it succeeded.</summary>
    protected string? Trouble { get; private set; }

    public void Dispose()
    {
        _gone = true;
        Samples.Sampled -= OnSampled;
        GC.SuppressFinalize(this);
    }

    protected override async Task OnInitializedAsync()
    {
        MayOperate = (await State).User.IsInRole(DashboardRoles.Operate);
        await RefreshAsync();
        if (!_gone && !_leaves) Samples.Sampled += OnSampled;
    }

    /// <summary>Called when the page opens and at each sample.</summary>
    protected virtual Task RefreshAsync() => Task.CompletedTask;

    /// <summary>Sends requests to the API as the user. False: a request failed, and <see cref="Trouble"/> has the error.</summary>
    protected async Task<bool> TryAsync(Func<LnsApiClient, Task> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        try
        {
            await ask(await Viewer.ApiAsync());
            Trouble = null;
            return true;
        }
        catch (LnsApiException e) when (e.Status == System.Net.HttpStatusCode.Unauthorized)
        {
            // the login has ended; a second navigation would cancel the first one while the browser still waits for its answer
            if (_leaves) return false;
            _leaves = true;
            Samples.Sampled -= OnSampled;
            Navigation.NavigateTo("/login", forceLoad: true);
            return false;
        }
        catch (LnsApiException e)
        {
            Trouble = Words.Trouble(e);
            return false;
        }
    }

    private void OnSampled()
    {
        // a page that is still busy with the previous sample skips this one: no queue builds up
        if (Interlocked.Exchange(ref _busy, 1) == 0) _ = FollowAsync();
    }

    private async Task FollowAsync()
    {
        try
        {
            await InvokeAsync(async () =>
            {
                if (_gone || _leaves) return;
                await RefreshAsync();
                StateHasChanged();
            });
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            // the page was closed in the meantime
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
        finally
        {
            Interlocked.Exchange(ref _busy, 0);
        }
    }
}
