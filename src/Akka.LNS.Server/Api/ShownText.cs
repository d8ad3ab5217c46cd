using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Server.Api;

/// <summary>
/// All texts of the API as <see cref="PeerText.Show(string)"/> shows them, in both directions: a name that an answer shows, a request may
/// contain. JSON itself has no place for octets that are no UTF-8.
/// </summary>
internal sealed class ShownText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } shown ? PeerText.Read(shown) : null;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(PeerText.Show(value));

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        PeerText.Read(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(PeerText.Show(value));
}
