namespace Akka.LNS.Protocol.Ppp;

/// <summary>Checks a proof against a known password: for the users file and for simulators. Pure.</summary>
public static class LocalAuthentication
{
    public static LocalVerdict Verify(AuthenticationRequest request, string password) => new(request is AuthenticationRequest.Pap p && p.Password == password, null);
}
