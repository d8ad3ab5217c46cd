using System.Text;
using Akka.LNS.Protocol.Ppp.Authentication;

namespace Akka.LNS.Protocol.Radius;

/// <summary>Proof of the subscriber, with the octets that a server needs to check it.</summary>
public abstract record LoginProof
{
    private LoginProof() { }

    /// <summary>Proof that a PPP link has got.</summary>
    public static LoginProof From(AuthenticationRequest request) => request switch
    {
        AuthenticationRequest.Pap p => new Pap(Encoding.Latin1.GetBytes(p.Password)),
        AuthenticationRequest.Chap c => new ChapMd5(c.Identifier, c.Challenge, c.Response),
        AuthenticationRequest.MsChapV2 m => new MsChapV2(m.Identifier, m.AuthenticatorChallenge, m.PeerChallenge, m.NtResponse, m.Flags),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.GetType().Name, "no RADIUS attributes for this method"),
    };

    /// <summary>PAP (RFC 1334).</summary>
    /// <param name="Password">Octets as the subscriber sent them.</param>
    public sealed record Pap(ReadOnlyMemory<byte> Password) : LoginProof
    {
        public override string ToString() => "Pap { *** }";
    }

    /// <summary>CHAP with MD5 (RFC 1994).</summary>
    /// <param name="Challenge">Challenge of the LNS.</param>
    /// <param name="Response">16 octets.</param>
    public sealed record ChapMd5(byte Identifier, ReadOnlyMemory<byte> Challenge, ReadOnlyMemory<byte> Response) : LoginProof
    {
        public override string ToString() => "ChapMd5 { *** }";
    }

    /// <summary>MS-CHAPv2 (RFC 2759).</summary>
    /// <param name="AuthenticatorChallenge">16 octets, of the LNS.</param>
    /// <param name="PeerChallenge">16 octets, of the subscriber.</param>
    /// <param name="NtResponse">24 octets.</param>
    public sealed record MsChapV2(byte Identifier, ReadOnlyMemory<byte> AuthenticatorChallenge, ReadOnlyMemory<byte> PeerChallenge,
        ReadOnlyMemory<byte> NtResponse, byte Flags) : LoginProof
    {
        public override string ToString() => "MsChapV2 { *** }";
    }
}
