using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Protocol.Subscriber;

/// <summary>What the answer of RADIUS to a login means for the link that asked.</summary>
public abstract record LoginVerdict
{
    private LoginVerdict() { }

    /// <summary>The subscriber may use the network.</summary>
    /// <param name="MsChapSuccess">"S=..." of MS-CHAP2-Success (RFC 2548 section 2.3.3); null: the server sent none.</param>
    public sealed record Accepted(SubscriberProfile Profile, string? MsChapSuccess) : LoginVerdict;

    /// <summary>The subscriber may not use the network.</summary>
    /// <param name="Why">Reason for the log.</param>
    /// <param name="Message">Text for the subscriber: Reply-Message, or the whole MS-CHAP-Error; null: none.</param>
    public sealed record Rejected(string Why, string? Message) : LoginVerdict;

    /// <summary>No server decided. The call ends with another cause than a rejected one.</summary>
    /// <param name="Why">Reason for the log.</param>
    public sealed record Unavailable(string Why) : LoginVerdict;

    /// <summary>Verdict of an answer that is verified: Access-Accept, Access-Reject or Access-Challenge.</summary>
    /// <remarks>
    /// An Access-Accept that cannot be granted as a whole is a rejection (RFC 2865 section 5). A challenge is one too: there is no EAP.
    /// </remarks>
    public static LoginVerdict Of(RadiusPacketView answer)
    {
        var profile = SubscriberProfile.Read(answer);
        return answer.Code switch
        {
            RadiusCode.AccessAccept when profile.Rejection is { } why => new Rejected($"Access-Accept cannot be granted: {why}", null),
            RadiusCode.AccessAccept => new Accepted(profile, profile.MsChap2Success.Length > 0 ? profile.MsChap2Success : null),
            RadiusCode.AccessReject => new Rejected(
                profile.ReplyMessage.Length > 0 ? $"Access-Reject: {profile.ReplyMessage}" : "Access-Reject",
                profile.MsChapError.Length > 0 ? MsChapErrorOf(profile) : profile.ReplyMessage),
            _ => new Rejected($"{answer.Code} is not offered (no EAP, no further questions)", null),
        };
    }

    /// <summary>
    /// MS-CHAP-Error with R=0, since the call ends and allows no second try. Its M= field is the Reply-Message, when there is one (RFC 2759
    /// section 6).
    /// </summary>
    private static string MsChapErrorOf(SubscriberProfile profile)
    {
        var error = profile.MsChapError.Replace(" R=1", " R=0", StringComparison.Ordinal);
        if (profile.ReplyMessage.Length == 0) return error;
        var message = error.IndexOf("M=", StringComparison.Ordinal);
        return message < 0 ? $"{error} M={profile.ReplyMessage}" : $"{error[..message]}M={profile.ReplyMessage}";
    }
}
