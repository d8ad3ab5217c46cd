using System.Text.Json;
using System.Text.Json.Serialization;

namespace Akka.LNS.Client;

/// <summary>A text of several lines, which is in JSON as it is. All other texts of the API have no control characters.</summary>
internal sealed class LinesOfText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
