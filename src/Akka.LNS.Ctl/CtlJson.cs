using System.Text.Json.Serialization;
using Akka.LNS.Client;

namespace Akka.LNS.Ctl;

/// <summary>Documents that put several answers of the API into one.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PoolsWithLeases))]
internal sealed partial class CtlJson : JsonSerializerContext;

/// <param name="Leases">By pool.</param>
internal sealed record PoolsWithLeases(IReadOnlyList<PoolRow> Pools, int Outside, IReadOnlyDictionary<string, LeasePage> Leases);
