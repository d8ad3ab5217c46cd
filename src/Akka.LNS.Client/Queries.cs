using System.Globalization;

namespace Akka.LNS.Client;

/// <summary>Part of a list.</summary>
/// <param name="Offset">Number of rows to skip.</param>
/// <param name="Limit">1 to <see cref="Most"/>.</param>
public sealed record PageQuery(int Offset = 0, int Limit = 100)
{
    /// <summary>Maximum number of rows in one answer.</summary>
    public const int Most = 10_000;

    /// <summary>Limit of a list as CSV that has all rows.</summary>
    public const string All = "all";
}

/// <summary>Filter of calls. All conditions must match. User, Calling, Called, Lac and Pool take the wildcards * and ?.</summary>
public sealed record SessionQuery
{
    public string? User { get; init; }
    public string? Calling { get; init; }
    public string? Called { get; init; }
    public string? Lac { get; init; }
    public string? Pool { get; init; }

    /// <summary>IPv4.</summary>
    public string? Address { get; init; }

    /// <summary>State as in <see cref="SessionRow"/>.</summary>
    public string? State { get; init; }

    /// <summary>
    /// An id, else exactly a user, an address or a calling number, else exactly a LAC, else a part of one of these or of the called number,
    /// with case ignored. A complete address is no part of a longer one.
    /// </summary>
    public string? Text { get; init; }

    internal QueryText Write(QueryText query) => query.Add("user", User).Add("calling", Calling).Add("called", Called).Add("lac", Lac)
        .Add("pool", Pool).Add("address", Address).Add("state", State).Add("q", Text);
}

/// <summary>Filter of control connections.</summary>
/// <param name="Lac">Host Name, with the wildcards * and ?.</param>
/// <param name="State">State as in <see cref="TunnelRow"/>.</param>
public sealed record TunnelQuery(string? Lac = null, string? State = null);

/// <summary>Filter of ended calls. User, Lac and Calling take the wildcards * and ?.</summary>
/// <param name="Cause">Cause as in <see cref="DisconnectRow"/>.</param>
/// <param name="Since">ISO 8601.</param>
/// <param name="Session">Acct-Session-Id.</param>
/// <param name="Text">A text, as in <see cref="SessionQuery"/>.</param>
public sealed record DisconnectQuery(
    string? User = null, string? Lac = null, string? Calling = null, string? Cause = null, string? Since = null, string? Session = null,
    string? Text = null);

/// <summary>A path and its query string.</summary>
internal readonly record struct QueryText(string Text)
{
    public QueryText Add(string name, string? value)
    {
        if (value is null) return this;
        var separator = Text.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return new QueryText($"{Text}{separator}{name}={Uri.EscapeDataString(value)}");
    }

    public QueryText Add(PageQuery? page) => page is { } p
        ? Add("offset", p.Offset.ToString(CultureInfo.InvariantCulture)).Add("limit", p.Limit.ToString(CultureInfo.InvariantCulture))
        : this;
}
