using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>One identifier of one socket, lent to one request.</summary>
/// <param name="owner">Actor that gets the answers.</param>
internal sealed class RadiusTicket(RadiusSocket socket, byte identifier, RadiusCode request, IActorRef owner)
{
    /// <summary>Maximum number of verified answers that wait in the mailbox of the owner.</summary>
    private const int MaxUnread = 16;
    private int _unread;
    private bool _hadBadAnswer;

    public RadiusSocket Socket { get; } = socket;
    public byte Identifier { get; } = identifier;
    public RadiusCode Request { get; } = request;
    public IActorRef Owner { get; } = owner;

    /// <summary>Authenticator of the request that was sent. Its answer is verified with it.</summary>
    public byte[] Authenticator { get; } = new byte[RadiusPacketView.AuthenticatorLength];

    /// <summary>True for the first bad answer: the log has one line for each request.</summary>
    public bool IsFirstBadAnswer() => !_hadBadAnswer && (_hadBadAnswer = true);

    /// <summary>Counts an answer as unread. False: too many answers to this request are unread, so this one is dropped.</summary>
    public bool TryArrive()
    {
        if (Interlocked.Increment(ref _unread) <= MaxUnread) return true;
        Interlocked.Decrement(ref _unread);
        return false;
    }

    /// <summary>The owner has read an answer.</summary>
    public void Read() => Interlocked.Decrement(ref _unread);

    /// <summary>Returns the identifier.</summary>
    public void Return() => Socket.Return(this);
}
