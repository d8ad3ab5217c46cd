namespace Akka.LNS.Protocol.Ppp.Authentication;

/// <summary>What a peer offered as proof: goes to RADIUS or to the local users. Its text never shows a password or a response.</summary>
public abstract record AuthenticationRequest(string UserName)
{
    public abstract AuthMethod Method { get; }

    public sealed override string ToString() => $"{Method} of '{UserName}'";

    /// <summary>PAP (RFC 1334 §2.2.1).</summary>
    /// <param name="Password">A character for each octet (Latin-1), whatever encoding the subscriber's octets are in: nothing of them is lost.</param>
    public sealed record Pap(string UserName, string Password) : AuthenticationRequest(UserName)
    {
        public override AuthMethod Method => AuthMethod.Pap;
    }

    /// <summary>CHAP with MD5 (RFC 1994 §4.1).</summary>
    /// <param name="Response">16 octets.</param>
    public sealed record Chap(string UserName, byte Identifier, byte[] Challenge, byte[] Response) : AuthenticationRequest(UserName)
    {
        public override AuthMethod Method => AuthMethod.ChapMd5;
    }

    /// <summary>MS-CHAPv2 (RFC 2759 §4).</summary>
    /// <param name="AuthenticatorChallenge">Ours, 16 octets.</param>
    /// <param name="PeerChallenge">The subscriber's, 16 octets.</param>
    /// <param name="NtResponse">24 octets.</param>
    /// <param name="Flags">Zero (RFC 2759 §4), as it came.</param>
    public sealed record MsChapV2(
        string UserName, byte Identifier, byte[] AuthenticatorChallenge, byte[] PeerChallenge, byte[] NtResponse, byte Flags)
        : AuthenticationRequest(UserName)
    {
        public override AuthMethod Method => AuthMethod.MsChapV2;
    }
}

/// <summary>Verdict of <see cref="LocalAuthentication"/>.</summary>
/// <param name="MsChapSuccess">"S=..." for an accepted MS-CHAPv2, else null.</param>
public readonly record struct LocalVerdict(bool IsAccepted, string? MsChapSuccess);
