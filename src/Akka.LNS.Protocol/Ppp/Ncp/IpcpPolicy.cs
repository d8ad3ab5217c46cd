using Akka.LNS.Wire;

namespace Akka.LNS.Protocol.Ppp.Ncp;

/// <summary>What IPCP offers and accepts. Shared by all bundles of one template.</summary>
public sealed record IpcpPolicy
{
    public LinkRole Role { get; init; } = LinkRole.Server;

    /// <summary>Server: address of the LNS. Client: the address to ask for, normally none.</summary>
    public Ipv4Address LocalAddress { get; init; }

    /// <summary>Name server for a subscriber that asks for one; none: the option is rejected. RFC 1877 section 1.1.</summary>
    public Ipv4Address PrimaryDns { get; init; }
    public Ipv4Address SecondaryDns { get; init; }
    public Ipv4Address PrimaryNbns { get; init; }
    public Ipv4Address SecondaryNbns { get; init; }

    /// <summary>Client: ask for name servers.</summary>
    public bool AskDns { get; init; }

    /// <inheritdoc cref="LinkPolicy.FirstRestartInterval"/>
    public TimeSpan FirstRestartInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="LinkPolicy.RestartInterval"/>
    public TimeSpan RestartInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <inheritdoc cref="LinkPolicy.MaxConfigure"/>
    public byte MaxConfigure { get; init; } = 10;

    /// <inheritdoc cref="LinkPolicy.MaxTerminate"/>
    public byte MaxTerminate { get; init; } = 2;

    /// <inheritdoc cref="LinkPolicy.MaxFailure"/>
    public byte MaxFailure { get; init; } = 5;

    /// <summary>Time from start or restart to Opened.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal NameServers Servers => new(PrimaryDns, SecondaryDns, PrimaryNbns, SecondaryNbns);

    internal RestartTimers Timers => new(FirstRestartInterval, RestartInterval, MaxConfigure, MaxTerminate);
}

/// <summary>Addresses that IPCP agreed on.</summary>
/// <param name="Local">Our address; none when the peer rejected it.</param>
/// <param name="Peer">Address of the peer.</param>
/// <param name="PrimaryDns">Server: the name server that the peer took. Client: the name server that the peer gave.</param>
public sealed record NegotiatedIp(
    Ipv4Address Local, Ipv4Address Peer, Ipv4Address PrimaryDns, Ipv4Address SecondaryDns, Ipv4Address PrimaryNbns,
    Ipv4Address SecondaryNbns) : NegotiatedOptions;
