namespace Akka.LNS.Server.Settings.Sections;

/// <summary>Metrics beyond <c>/metrics</c> of the API, which is always there.</summary>
public sealed record MetricsSettings
{
    public OtlpSettings Otlp { get; init; } = new();
}

/// <summary>Metrics that are pushed to an OpenTelemetry collector.</summary>
public sealed record OtlpSettings
{
    /// <summary>http or https; null: nothing is pushed.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>From one push to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    public OtlpProtocol Protocol { get; init; } = OtlpProtocol.Grpc;
}

public enum OtlpProtocol
{
    /// <summary>OTLP/gRPC: HTTP/2, port 4317 by convention.</summary>
    Grpc,
    /// <summary>OTLP/HTTP with binary Protobuf, port 4318 by convention.</summary>
    Http,
}
