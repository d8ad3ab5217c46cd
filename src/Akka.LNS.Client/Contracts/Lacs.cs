namespace Akka.LNS.Client;

/// <summary>One LAC, by the name it gives, since its first tunnel was up.</summary>
/// <param name="Addresses">Of its tunnels.</param>
/// <param name="Tunnels">Now.</param>
/// <param name="Sessions">Now.</param>
/// <param name="SetUps">Subscribers that came up since the start.</param>
/// <param name="Ended">Calls that ended since the start, those that never came up included.</param>
/// <param name="Refused">Tunnels and calls since the start, by reason.</param>
public sealed record LacRow(string Name, IReadOnlyList<string> Addresses, int Tunnels, int Sessions, long SetUps, long Ended, LoadRefused Refused);

public sealed record LacList(IReadOnlyList<LacRow> Lacs);
