namespace Akka.LNS.Protocol.Ppp.Authentication;

/// <summary>Name and proof of a peer, for RADIUS or the local users. <see cref="ToString"/> omits password and response.</summary>
public abstract record AuthenticationRequest(string UserName)
{
    public abstract AuthMethod Method { get; }

    public sealed override string ToString() => $"{Method} of '{UserName}'";

    /// <summary>PAP. RFC 1334 section 2.2.1.</summary>
    /// <param name="Password">One Latin-1 character for each octet, so that no octet of any encoding is lost.</param>
    public sealed record Pap(string UserName, string Password) : AuthenticationRequest(UserName)
    {
        public override AuthMethod Method => AuthMethod.Pap;
    }

    /// <summary>CHAP with MD5. RFC 1994 section 4.1.</summary>
    /// <param name="Response">16 octets.</param>
    public sealed record Chap(string UserName, byte Identifier, byte[] Challenge, byte[] Response) : AuthenticationRequest(UserName)
    {
        public override AuthMethod Method => AuthMethod.ChapMd5;
    }

    /// <summary>MS-CHAPv2. RFC 2759 section 4.</summary>
    /// <param name="AuthenticatorChallenge">Challenge of the LNS, 16 octets.</param>
    /// <param name="PeerChallenge">Challenge of the subscriber, 16 octets.</param>
    /// <param name="NtResponse">24 octets.</param>
    /// <param name="Flags">As received; zero by RFC 2759 section 4.</param>
    public sealed record MsChapV2(
        string UserName, byte Identifier, byte[] AuthenticatorChallenge, byte[] PeerChallenge, byte[] NtResponse, byte Flags)
        : AuthenticationRequest(UserName)
    {
        public override AuthMethod Method => AuthMethod.MsChapV2;
    }
}
