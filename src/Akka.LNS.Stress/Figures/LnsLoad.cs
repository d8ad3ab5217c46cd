using System.Text.Json;
using System.Text.Json.Serialization;

namespace Akka.LNS.Stress.Figures;

/// <summary>Answer of GET /api/v1/load of an LNS. Null: the LNS does not report the value.</summary>
internal sealed record LnsLoad
{
    public DateTimeOffset? At { get; init; }
    public long? Tunnels { get; init; }
    public long? Sessions { get; init; }
    public long? SessionsInSetup { get; init; }
    public long? Links { get; init; }
    public long? Bundles { get; init; }
    public long? Paths { get; init; }
    public long? SerialDepth { get; init; }
    public long? ParallelDepth { get; init; }
    public double? Load { get; init; }
    public double? RefuseFrom { get; init; }
    public double? RefuseAll { get; init; }
    public string? Verdict { get; init; }
    public string? Reason { get; init; }
    public LnsRefused? Refused { get; init; }
    public long? SetUps { get; init; }
    public LnsRadius? Radius { get; init; }
    public LnsSpool? Spool { get; init; }
    public LnsUse? Process { get; init; }

    /// <summary>The LNS holds no session, link, bundle or path.</summary>
    [JsonIgnore]
    public bool HasNoSubscriber =>
        (Sessions ?? 0) == 0 && (SessionsInSetup ?? 0) == 0 && (Links ?? 0) == 0 && (Bundles ?? 0) == 0 && (Paths ?? 0) == 0;

    /// <summary>The LNS holds no subscriber, and no message or RADIUS request waits.</summary>
    [JsonIgnore]
    public bool IsIdle => HasNoSubscriber
        && (SerialDepth ?? 0) == 0 && (ParallelDepth ?? 0) == 0 && (Radius?.Outstanding ?? 0) == 0;

    /// <summary>Reads the answer. Null: it is not the JSON of an LNS.</summary>
    public static LnsLoad? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<LnsLoad>(json, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record LnsRefused(long? Total, IReadOnlyDictionary<string, long>? ByReason);
internal sealed record LnsRadius(
    long? Workers, long? Outstanding, long? MaxOutstanding, long? BacklogAuthentication, long? BacklogStartStop, long? BacklogInterim,
    long? ServersUsable);
internal sealed record LnsSpool(long? Records);
internal sealed record LnsUse(double? CpuSeconds, long? ResidentOctets, long? GcHeapOctets);
