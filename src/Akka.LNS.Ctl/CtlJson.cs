using System.Text.Json.Serialization;
using Akka.LNS.Client;

namespace Akka.LNS.Ctl;

/// <summary>JSON documents that combine several answers of the API, or show a part of one.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PoolsWithLeases))]
[JsonSerializable(typeof(ClusterUnreachable))]
[JsonSerializable(typeof(ClusterLeader))]
[JsonSerializable(typeof(ClusterAnswer))]
internal sealed partial class CtlJson : JsonSerializerContext;

/// <param name="Leases">Leases by name of the pool.</param>
internal sealed record PoolsWithLeases(IReadOnlyList<PoolRow> Pools, int Outside, IReadOnlyDictionary<string, LeasePage> Leases);

internal sealed record ClusterUnreachable(IReadOnlyList<ManagementUnreachable> Unreachable);

internal sealed record ClusterLeader(string Leader);

internal sealed record ClusterAnswer(bool Answer);
