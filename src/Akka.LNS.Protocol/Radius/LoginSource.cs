namespace Akka.LNS.Protocol.Radius;

/// <summary>A LAC whose logins go through a <see cref="RadiusBacklog{T}"/>. Only the backlog changes it.</summary>
public sealed class LoginSource
{
    private const int All = 1024, Half = All / 2;

    private int _rejected = Half; // smoothed share of rejected logins

    internal LoginSource(string lac) => Lac = lac;

    /// <summary>Name of the LAC.</summary>
    public string Lac { get; }

    /// <summary>More than half of its recent logins were accepted. A LAC without an answer is not proven.</summary>
    public bool IsProven => _rejected < Half;

    /// <summary>Requests that workers have.</summary>
    internal int Outstanding { get; set; }

    /// <summary>Requests that wait, by class.</summary>
    internal int[] Waiting { get; } = new int[RadiusClasses.Count];

    internal bool IsIdle => Outstanding == 0 && Array.TrueForAll(Waiting, static n => n == 0);

    internal void Count(bool accepted) => _rejected += ((accepted ? 0 : All) - _rejected) / 8;
}

/// <summary>A request that a worker has.</summary>
/// <param name="Source">LAC of the request.</param>
/// <param name="IsBounded">It counts against <see cref="RadiusBacklogPolicy.BoundedWorkers"/>.</param>
public readonly record struct RadiusTurn(RadiusClass Class, LoginSource Source, bool IsBounded);
