namespace Akka.LNS.Protocol.Radius;

/// <summary>Maximum rate of packets to a server, for both its services, retransmissions included.</summary>
/// <param name="PerSecond">Packets per second; above 0.</param>
/// <param name="Burst">Packets at once; at least 1.</param>
public readonly record struct ServerPace(double PerSecond, int Burst);

/// <summary>What the settings give a pool of one server.</summary>
/// <param name="Name">Unique in the pool.</param>
/// <param name="Authentication">Address and port of its authentication service; null: it has none.</param>
/// <param name="Accounting">Address and port of its accounting service; null: it has none.</param>
/// <param name="Pace">null: no limit.</param>
public sealed record PoolServerSettings(string Name, string? Authentication, string? Accounting, RadiusServerPolicy Policy,
    ServerHealthSettings Health, ServerPace? Pace)
{
    public string? EndpointOf(RadiusService service) => service == RadiusService.Authentication ? Authentication : Accounting;
}

/// <summary>One service of one server in a generation of a <see cref="ServerPool"/>.</summary>
/// <param name="Endpoint">Address and port.</param>
public sealed record PoolServer(ServerId Id, string Endpoint, RadiusServerPolicy Policy, ServerHealthSettings HealthSettings)
{
    /// <summary>Name and address, for the log.</summary>
    public string DisplayName { get; } = $"{Id.Name} ({Endpoint})";
}
