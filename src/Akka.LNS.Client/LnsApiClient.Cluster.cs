using System.Net.Http.Json;

namespace Akka.LNS.Client;

public sealed partial class LnsApiClient
{
    private const string Members = "/cluster/members";

    /// <summary>Members with Load and sessions, who cannot be reached, who is lost.</summary>
    public Task<ClusterReport> GetClusterAsync(CancellationToken cancellation = default) => GetAsync("cluster", ApiJson.Default.ClusterReport, cancellation);

    /// <summary>Orders a member, or the node itself, to be emptied and to leave then; <see cref="GetClusterAsync"/> says how far it is.</summary>
    public Task LeaveClusterAsync(ClusterLeaveRequest? how = null, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, "cluster/leave", JsonContent.Create(how ?? new ClusterLeaveRequest(), ApiJson.Default.ClusterLeaveRequest), cancellation);

    /// <summary>As Akka Management has them.</summary>
    public async Task<ManagementMembers> ListClusterMembersAsync(CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, Members, null, static r => r.IsSuccessStatusCode, cancellation);
        return await ReadAsync(static (content, c) => content.ReadFromJsonAsync(ApiJson.Default.ManagementMembers, c), response, cancellation);
    }

    /// <param name="address">Whole, or without the protocol: NAME@HOST:PORT.</param>
    public async Task<ManagementMember> GetClusterMemberAsync(string address, CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, Member(address), null, static r => r.IsSuccessStatusCode, cancellation);
        return await ReadAsync(static (content, c) => content.ReadFromJsonAsync(ApiJson.Default.ManagementMember, c), response, cancellation);
    }

    /// <summary>The node that is asked joins the cluster that <paramref name="address"/> is a member of.</summary>
    public async Task JoinClusterAsync(string address, CancellationToken cancellation = default)
    {
        using var form = new FormUrlEncodedContent([new("address", address)]);
        using var response = await SendAsync(HttpMethod.Post, Members, form, static r => r.IsSuccessStatusCode, cancellation);
    }

    /// <summary>Puts a member out. If it lives it keeps its sessions, and comes back by itself.</summary>
    /// <param name="address">Whole, or without the protocol: NAME@HOST:PORT.</param>
    public async Task DownClusterMemberAsync(string address, CancellationToken cancellation = default)
    {
        using var form = new FormUrlEncodedContent([new("operation", "Down")]);
        using var response = await SendAsync(HttpMethod.Put, Member(address), form, static r => r.IsSuccessStatusCode, cancellation);
    }

    private static string Member(string address) => $"{Members}/{Uri.EscapeDataString(address)}";
}
