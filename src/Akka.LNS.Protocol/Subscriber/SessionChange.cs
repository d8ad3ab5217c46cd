using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>What a CoA-Request changes of a session; null: that stays as it is (RFC 5176 section 3.6, note on omitted attributes).</summary>
public sealed record SessionChange
{
    public static readonly SessionChange None = new();

    /// <summary>From the change on; zero: as the settings say.</summary>
    public TimeSpan? SessionTimeout { get; init; }
    /// <summary>Zero: as the settings say.</summary>
    public TimeSpan? IdleTimeout { get; init; }
    /// <summary>Zero: no Interim-Updates; else at least a minute.</summary>
    public TimeSpan? AcctInterimInterval { get; init; }
    /// <summary>In the place of all before; in all accounting that follows.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>>? Classes { get; init; }
    /// <summary>In the place of all before.</summary>
    public ImmutableArray<string>? FilterIds { get; init; }
    /// <summary>In the place of all before; each is an <see cref="MpdLimit"/>.</summary>
    public ImmutableArray<string>? MpdLimits { get; init; }

    public bool IsEmpty => this == None;

    public SubscriberProfile ApplyTo(SubscriberProfile profile) => profile with
    {
        SessionTimeout = SessionTimeout is { } session ? NotZero(session) : profile.SessionTimeout,
        IdleTimeout = IdleTimeout is { } idle ? NotZero(idle) : profile.IdleTimeout,
        AcctInterimInterval = AcctInterimInterval ?? profile.AcctInterimInterval,
        Classes = Classes ?? profile.Classes,
        FilterIds = FilterIds ?? profile.FilterIds,
        MpdLimits = MpdLimits ?? profile.MpdLimits,
    };

    /// <summary>As a log line has it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Seconds("Session-Timeout", SessionTimeout);
        Seconds("Idle-Timeout", IdleTimeout);
        Seconds("Acct-Interim-Interval", AcctInterimInterval);
        foreach (var octets in Classes ?? []) Add("Class", "0x" + Convert.ToHexStringLower(octets.Span));
        foreach (var filter in FilterIds ?? []) Add("Filter-Id", filter);
        foreach (var limit in MpdLimits ?? []) Add("mpd-limit", limit);
        return text.ToString();

        void Seconds(string name, TimeSpan? span)
        {
            if (span is { } there) Add(name, there.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture));
        }

        void Add(string name, string value)
        {
            if (text.Length > 0) text.Append(", ");
            text.Append(name).Append(" = ").Append(value);
        }
    }

    private static TimeSpan? NotZero(TimeSpan span) => span > TimeSpan.Zero ? span : null;
}
