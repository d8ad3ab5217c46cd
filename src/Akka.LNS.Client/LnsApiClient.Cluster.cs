using System.Net.Http.Json;

namespace Akka.LNS.Client;

public sealed partial class LnsApiClient
{
    private const string Members = "/cluster/members";

    /// <summary>Members with Load and sessions, unreachable members and lost nodes.</summary>
    public Task<ClusterReport> GetClusterAsync(CancellationToken cancellation = default) =>
        GetAsync("cluster", Json.ClusterReport, cancellation);

    /// <summary>Orders a member to drain and leave the cluster. <see cref="GetClusterAsync"/> reports the progress.</summary>
    public Task LeaveClusterAsync(ClusterLeaveRequest? how = null, CancellationToken cancellation = default)
    {
        var body = JsonContent.Create(how ?? new ClusterLeaveRequest(), Json.ClusterLeaveRequest);
        return SendAsync(HttpMethod.Post, "cluster/leave", body, cancellation);
    }

    /// <summary>Members in the format of Akka Management.</summary>
    public async Task<ManagementMembers> ListClusterMembersAsync(CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, Members, null, IsSuccess, cancellation);
        return await ReadAsync(static (content, c) => content.ReadFromJsonAsync(Json.ManagementMembers, c), response, cancellation);
    }

    /// <param name="address">Complete address, or without the protocol: NAME@HOST:PORT.</param>
    public async Task<ManagementMember> GetClusterMemberAsync(string address, CancellationToken cancellation = default)
    {
        using var response = await SendAsync(HttpMethod.Get, Member(address), null, IsSuccess, cancellation);
        return await ReadAsync(static (content, c) => content.ReadFromJsonAsync(Json.ManagementMember, c), response, cancellation);
    }

    /// <summary>Lets the node that answers join the cluster of <paramref name="address"/>.</summary>
    public async Task JoinClusterAsync(string address, CancellationToken cancellation = default)
    {
        using var form = new FormUrlEncodedContent([new("address", address)]);
        using var response = await SendAsync(HttpMethod.Post, Members, form, IsSuccess, cancellation);
    }

    /// <summary>Removes a member from the cluster. A member that is alive keeps its sessions and joins again.</summary>
    /// <param name="address">Complete address, or without the protocol: NAME@HOST:PORT.</param>
    public async Task DownClusterMemberAsync(string address, CancellationToken cancellation = default)
    {
        using var form = new FormUrlEncodedContent([new("operation", "Down")]);
        using var response = await SendAsync(HttpMethod.Put, Member(address), form, IsSuccess, cancellation);
    }

    private static string Member(string address) => $"{Members}/{Uri.EscapeDataString(address)}";
}
