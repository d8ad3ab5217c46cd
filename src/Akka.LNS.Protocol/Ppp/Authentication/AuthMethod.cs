namespace Akka.LNS.Protocol.Ppp.Authentication;

/// <summary>Authentication protocol of a link.</summary>
public enum AuthMethod : byte
{
    /// <summary>RFC 1334 section 2.</summary>
    Pap,
    /// <summary>RFC 1994, algorithm 5.</summary>
    ChapMd5,
    /// <summary>RFC 2759, CHAP algorithm 0x81.</summary>
    MsChapV2,
}

/// <summary>How a client authenticates itself. The machines of a client are in Akka.LNS.Protocol.Peers.</summary>
public abstract record LinkCredentials(string UserName)
{
    /// <summary>Begins to authenticate by the method that the server demands.</summary>
    internal abstract AuthState Prove(AuthMethod method, ref Authenticator turn);
}
