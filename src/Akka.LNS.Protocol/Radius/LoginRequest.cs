using Akka.LNS.Protocol.Subscriber;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Content of an Access-Request.</summary>
public sealed record LoginRequest(string UserName, LoginProof Proof, string AcctSessionId, NasPort Nas)
{
    /// <summary>The same request with the user name without its realm.</summary>
    /// <remarks>
    /// The hash of MS-CHAPv2 covers the name as the subscriber sent it, without a DOMAIN\ before it (RFC 2759 section 4): user@realm stays.
    /// </remarks>
    public LoginRequest WithoutRealm()
    {
        var name = RealmOfUser.Of(UserName);
        return Proof is LoginProof.MsChapV2 && !name.IsPrefix ? this : this with { UserName = name.User };
    }
}
