using System.Globalization;

namespace Akka.LNS.Stress.Radius;

/// <summary>How a lying server spoils an answer.</summary>
public enum RadiusLie
{
    None,
    /// <summary>A Response Authenticator that does not fit the secret (RFC 2865 section 3).</summary>
    WrongAuthenticator,
    /// <summary>The identifier of another request.</summary>
    WrongIdentifier,
    /// <summary>Valid by RFC 2865, but without Message-Authenticator (BlastRADIUS). Only for logins: accounting never has one.</summary>
    WithoutMessageAuthenticator,
    /// <summary>Random octets.</summary>
    Garbage,
    /// <summary>An Access-Reject for a correct password.</summary>
    Reject,
    /// <summary>A random one of the others.</summary>
    Any,
}

/// <summary>How the responder answers. It can change during a run.</summary>
public sealed record RadiusBehaviour
{
    public static readonly RadiusBehaviour Quick = new();
    public static readonly RadiusBehaviour Dead = new() { IsDead = true };
    /// <summary>Time from request to answer.</summary>
    public TimeSpan Delay { get; init; }
    /// <summary>Additional time of an Access-Reject, as reject_delay of FreeRADIUS.</summary>
    public TimeSpan RejectDelay { get; init; }
    /// <summary>Answers nothing, like a server that is down; the port stays open.</summary>
    public bool IsDead { get; init; }
    /// <summary>Share of the requests, 0 to 1, that are lost.</summary>
    public double LossShare { get; init; }
    public RadiusLie Lie { get; init; }
    /// <summary>Share of the answers, 0 to 1, that <see cref="Lie"/> spoils.</summary>
    public double LieShare { get; init; } = 0.1;

    public static RadiusBehaviour Slow(TimeSpan delay) => new() { Delay = delay };

    /// <summary>Reads quick, slow:MILLISECONDS, reject-delay:MILLISECONDS, dead, lossy:PERCENT, lying or lying:PERCENT, or several of them,
    /// as in
    /// slow:10+lossy:1.</summary>
    public static bool TryParse(string text, out RadiusBehaviour behaviour)
    {
        behaviour = Quick;
        foreach (var part in text.Split('+'))
        {
            var (name, value) = part.Split(':', 2) is [var n, var v] ? (n, v) : (part, null);
            var hasNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
            RadiusBehaviour? next = (name, value) switch
            {
                ("quick", null) => behaviour,
                ("dead", null) => behaviour with { IsDead = true },
                ("lying", null) => behaviour with { Lie = RadiusLie.Any },
                ("slow", _) when hasNumber && number is >= 0 and <= 600_000 => behaviour with { Delay = TimeSpan.FromMilliseconds(number) },
                ("reject-delay", _) when hasNumber && number is >= 0 and <= 600_000 =>
                    behaviour with { RejectDelay = TimeSpan.FromMilliseconds(number) },
                ("lossy", _) when hasNumber && number is >= 0 and <= 100 => behaviour with { LossShare = number / 100 },
                ("lying", _) when hasNumber && number is >= 0 and <= 100 =>
                    behaviour with { Lie = RadiusLie.Any, LieShare = number / 100 },
                _ => null,
            };
            if (next is null) return false;
            behaviour = next;
        }
        return true;
    }
}
