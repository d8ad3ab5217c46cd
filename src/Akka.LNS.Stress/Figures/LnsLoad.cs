using System.Text.Json;
using System.Text.Json.Serialization;

namespace Akka.LNS.Stress.Figures;

/// <summary>What GET /api/v1/load of an LNS answers. What is not there is not known.</summary>
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

    /// <summary>Nothing of a subscriber is there.</summary>
    [JsonIgnore]
    public bool HasNobody => (Sessions ?? 0) == 0 && (SessionsInSetup ?? 0) == 0 && (Links ?? 0) == 0 && (Bundles ?? 0) == 0 && (Paths ?? 0) == 0;

    /// <summary>The same, and nothing waits.</summary>
    [JsonIgnore]
    public bool IsIdle => HasNobody && (SerialDepth ?? 0) == 0 && (ParallelDepth ?? 0) == 0 && (Radius?.Outstanding ?? 0) == 0;

    /// <summary>Null: that is not what an LNS answers.</summary>
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
internal sealed record LnsRadius(long? Workers, long? Outstanding, long? MaxOutstanding, long? BacklogAuthentication, long? BacklogStartStop, long? BacklogInterim,
    long? ServersUsable);
internal sealed record LnsSpool(long? Records);
internal sealed record LnsUse(double? CpuSeconds, long? ResidentOctets, long? GcHeapOctets);
