namespace Akka.LNS.Protocol.Ppp.Authentication;

/// <summary>How a subscriber proves who it is.</summary>
public enum AuthMethod : byte
{
    /// <summary>RFC 1334 §2.</summary>
    Pap,
    /// <summary>RFC 1994, algorithm 5.</summary>
    ChapMd5,
    /// <summary>RFC 2759, CHAP algorithm 0x81.</summary>
    MsChapV2,
}

/// <summary>Name and password of a client. Its text never shows the password.</summary>
public sealed record LinkCredentials(string UserName, string Password)
{
    public override string ToString() => $"{nameof(LinkCredentials)} {{ UserName = {UserName} }}";
}
