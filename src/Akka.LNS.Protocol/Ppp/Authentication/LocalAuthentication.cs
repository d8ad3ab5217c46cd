using System.Security.Cryptography;
using System.Text;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Text;

namespace Akka.LNS.Protocol.Ppp.Authentication;

/// <summary>Checks a proof against a known password, for local users and tests. Pure.</summary>
public static class LocalAuthentication
{
    public static LocalVerdict Verify(AuthenticationRequest request, string password)
    {
        switch (request)
        {
            case AuthenticationRequest.Pap pap:
                var (given, known) = (Encoding.Latin1.GetBytes(pap.Password), Encoding.UTF8.GetBytes(password));
                return new(CryptographicOperations.FixedTimeEquals(given, known), null);
            case AuthenticationRequest.Chap chap:
                {
                    Span<byte> expected = stackalloc byte[ChapMd5.ResponseLength];
                    ChapMd5.Response(chap.Identifier, Encoding.UTF8.GetBytes(password), chap.Challenge, expected);
                    return new(CryptographicOperations.FixedTimeEquals(expected, chap.Response), null);
                }
            case AuthenticationRequest.MsChapV2 chap:
                {
                    var name = MsChapV2.WithoutDomain(PeerText.Encode(chap.UserName));
                    Span<byte> expected = stackalloc byte[MsChapV2.NtResponseLength];
                    MsChapV2.GenerateNtResponse(chap.AuthenticatorChallenge, chap.PeerChallenge, name, password, expected);
                    if (!CryptographicOperations.FixedTimeEquals(expected, chap.NtResponse)) return default;
                    return new(true, MsChapV2.GenerateAuthenticatorResponse(
                        password, chap.NtResponse, chap.PeerChallenge, chap.AuthenticatorChallenge, name));
                }
            default: return default;
        }
    }
}

/// <summary>Verdict of <see cref="LocalAuthentication"/>.</summary>
/// <param name="MsChapSuccess">"S=..." for an accepted MS-CHAPv2; else null.</param>
public readonly record struct LocalVerdict(bool IsAccepted, string? MsChapSuccess);
