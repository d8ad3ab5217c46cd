using System.Text.Json.Serialization;

namespace Akka.LNS.Server.Api;

/// <summary>Everything that goes over the wire; a value that is not there is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class ApiJson : JsonSerializerContext;
