namespace Akka.LNS.Client;

/// <summary>One LAC, identified by its Host Name, since its first tunnel was up.</summary>
/// <param name="Addresses">Addresses of its tunnels.</param>
/// <param name="Tunnels">Tunnels now.</param>
/// <param name="Sessions">Sessions now.</param>
/// <param name="SetUps">Subscribers that came up since the start.</param>
/// <param name="Ended">Calls that ended since the start, including calls that never came up.</param>
public sealed record LacRow(
    string Name, IReadOnlyList<string> Addresses, int Tunnels, int Sessions, long SetUps, long Ended, LoadRefused Refused);

/// <summary>All LACs.</summary>
public sealed record LacList(IReadOnlyList<LacRow> Lacs);
