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

/// <summary>Name and password of a client. <see cref="ToString"/> omits the password.</summary>
public sealed record LinkCredentials(string UserName, string Password)
{
    public override string ToString() => $"{nameof(LinkCredentials)} {{ UserName = {UserName} }}";
}
