namespace Akka.LNS.Server.Settings.Sections;

/// <summary>Settings of metrics, besides <c>/metrics</c> of the API.</summary>
public sealed record MetricsSettings
{
    public OtlpSettings Otlp { get; init; } = new();
}

/// <summary>Push of metrics to an OpenTelemetry collector.</summary>
public sealed record OtlpSettings
{
    /// <summary>http or https URL of the collector; null: no push.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Time between two pushes.</summary>
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
