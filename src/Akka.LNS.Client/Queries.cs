namespace Akka.LNS.Client;

/// <summary>Which part of a list is wanted.</summary>
/// <param name="Offset">Rows to leave out.</param>
/// <param name="Limit">1 to <see cref="Most"/>.</param>
public sealed record PageQuery(int Offset = 0, int Limit = 100)
{
    /// <summary>Rows that one answer can have.</summary>
    public const int Most = 10_000;
}

/// <summary>Which calls are meant: every condition that is there must hold. In user, calling, called, lac and pool * and ? stand for others.</summary>
public sealed record SessionQuery
{
    public string? User { get; init; }
    public string? Calling { get; init; }
    public string? Called { get; init; }
    public string? Lac { get; init; }
    public string? Pool { get; init; }

    /// <summary>IPv4.</summary>
    public string? Address { get; init; }

    /// <summary>As of <see cref="SessionRow"/>.</summary>
    public string? State { get; init; }

    /// <summary>In user, id, calling, called, lac or address, whatever the case of its letters; a whole address is that one only, not the ten that begin so.</summary>
    public string? Text { get; init; }

    internal QueryText Write(QueryText query) => query.Add("user", User).Add("calling", Calling).Add("called", Called).Add("lac", Lac).Add("pool", Pool)
        .Add("address", Address).Add("state", State).Add("q", Text);
}

/// <summary>Which control connections are meant.</summary>
/// <param name="Lac">With * and ?.</param>
/// <param name="State">As of <see cref="TunnelRow"/>.</param>
public sealed record TunnelQuery(string? Lac = null, string? State = null);

/// <summary>Which ends of calls are meant. In user, lac and calling * and ? stand for others.</summary>
/// <param name="Cause">As of <see cref="DisconnectRow"/>.</param>
/// <param name="Since">ISO 8601.</param>
public sealed record DisconnectQuery(string? User = null, string? Lac = null, string? Calling = null, string? Cause = null, string? Since = null);

/// <summary>A path and its query string.</summary>
internal readonly record struct QueryText(string Text)
{
    public QueryText Add(string name, string? value) =>
        value is null ? this : new QueryText($"{Text}{(Text.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(value)}");

    public QueryText Add(PageQuery? page) => page is { } p
        ? Add("offset", p.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture)).Add("limit", p.Limit.ToString(System.Globalization.CultureInfo.InvariantCulture))
        : this;
}
