namespace Akka.LNS.Protocol.Radius;

/// <summary>One of the two services of a RADIUS server. Each has a port of its own, and is up or dead by itself.</summary>
public enum RadiusService : byte
{
    Authentication,
    Accounting,
}

/// <summary>Identity of one service of a server in a <see cref="ServerPool"/>.</summary>
/// <param name="Name">Name of the server in the settings.</param>
/// <param name="Since">
/// Generation in which it joined the pool. A server that leaves and joins again, or gets another address, is another one.
/// </param>
public readonly record struct ServerId(string Name, RadiusService Service, int Since);
