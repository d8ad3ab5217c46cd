using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <summary>Everything that goes over the wire; a value that is not there is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(LoadReport))]
[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(SessionDetail))]
[JsonSerializable(typeof(TopReport))]
[JsonSerializable(typeof(TunnelPage))]
[JsonSerializable(typeof(TunnelDetail))]
[JsonSerializable(typeof(LinkPage))]
[JsonSerializable(typeof(BundlePage))]
[JsonSerializable(typeof(LacList))]
[JsonSerializable(typeof(PoolList))]
[JsonSerializable(typeof(LeasePage))]
[JsonSerializable(typeof(RadiusReport))]
[JsonSerializable(typeof(DynamicAuthorizationReport))]
[JsonSerializable(typeof(DisconnectPage))]
[JsonSerializable(typeof(DropRequest))]
[JsonSerializable(typeof(DropOneRequest))]
[JsonSerializable(typeof(DropResult))]
[JsonSerializable(typeof(DrainRequest))]
[JsonSerializable(typeof(DrainReport))]
[JsonSerializable(typeof(LogLevelList))]
[JsonSerializable(typeof(LogLevelChange))]
[JsonSerializable(typeof(ProblemReport))]
public sealed partial class ApiJson : JsonSerializerContext;
