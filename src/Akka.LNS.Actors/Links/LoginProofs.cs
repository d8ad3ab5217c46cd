using System.Text;
using Akka.LNS.Protocol.Ppp;
using Akka.LNS.Protocol.Radius;

namespace Akka.LNS.Actors.Links;

/// <summary>What the subscriber proved itself by in PPP, as RADIUS carries it.</summary>
internal static class LoginProofs
{
    public static LoginProof From(AuthenticationRequest request) => request switch
    {
        AuthenticationRequest.Pap p => new LoginProof.Pap(Encoding.UTF8.GetBytes(p.Password)),
        AuthenticationRequest.Chap c => new LoginProof.ChapMd5(c.Identifier, c.Challenge, c.Response),
        AuthenticationRequest.MsChapV2 m => new LoginProof.MsChapV2(m.Identifier, m.AuthenticatorChallenge, m.PeerChallenge, m.NtResponse, m.Flags),
        _ => throw new InvalidOperationException($"no proof for {request.Method}"),
    };
}
