using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>What a CoA-Request changes of a session. Null: unchanged (RFC 5176 section 3.6, note on omitted attributes).</summary>
public sealed record SessionChange
{
    public static readonly SessionChange None = new();

    /// <summary>Counts from the change on; zero: that of the settings.</summary>
    public TimeSpan? SessionTimeout { get; init; }
    /// <summary>Zero: that of the settings.</summary>
    public TimeSpan? IdleTimeout { get; init; }
    /// <summary>Zero: no Interim-Updates; else at least a minute.</summary>
    public TimeSpan? AcctInterimInterval { get; init; }
    /// <summary>Replace all earlier ones, in all records that follow.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>>? Classes { get; init; }
    /// <summary>Replace all earlier ones.</summary>
    public ImmutableArray<string>? FilterIds { get; init; }
    /// <summary>Replace all earlier ones; each is an <see cref="MpdLimit"/>.</summary>
    public ImmutableArray<string>? MpdLimits { get; init; }

    public bool IsEmpty => this == None;

    /// <summary>The profile after the change.</summary>
    public SubscriberProfile ApplyTo(SubscriberProfile profile) => profile with
    {
        SessionTimeout = SessionTimeout is { } session ? NotZero(session) : profile.SessionTimeout,
        IdleTimeout = IdleTimeout is { } idle ? NotZero(idle) : profile.IdleTimeout,
        AcctInterimInterval = AcctInterimInterval ?? profile.AcctInterimInterval,
        Classes = Classes ?? profile.Classes,
        FilterIds = FilterIds ?? profile.FilterIds,
        MpdLimits = MpdLimits ?? profile.MpdLimits,
    };

    /// <summary>Names and values for a log line.</summary>
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
