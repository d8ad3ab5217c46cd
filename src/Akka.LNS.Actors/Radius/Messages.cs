using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Akka.LNS.Protocol.Accounting;
using Akka.LNS.Protocol.Radius;
using Akka.LNS.Protocol.Subscriber;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Actors.Radius;

/// <summary>Worker to router: free for the next request.</summary>
/// <param name="Accepted">Verdict of the server about the login that it had; null: no server answered, or it was no login.</param>
internal sealed record WorkerIdle(bool? Accepted)
{
    private static readonly WorkerIdle WithAccept = new(true), WithReject = new(false);

    public static readonly WorkerIdle Instance = new((bool?)null);

    public static WorkerIdle After(bool? accepted) => accepted switch { true => WithAccept, false => WithReject, _ => Instance };
}

/// <summary>Worker to router: an event of an exchange about the state of a server.</summary>
internal sealed record ServerSeen(ServerId Server, ServerHealthEvent What);

/// <summary>Worker to router: a packet was sent again.</summary>
internal sealed record ServerAskedAgain(ServerId Server);

/// <summary>Router to worker: a request, and the servers to ask.</summary>
/// <param name="Servers">Servers of the pool that the request begins with.</param>
/// <param name="Order">Places in <paramref name="Servers"/>, in the order in which they are asked.</param>
internal sealed record Assignment(RadiusWork Work, ImmutableArray<PoolServer> Servers, ImmutableArray<ServerCandidate> Order);

/// <summary>Socket to router or worker: a verified answer to a request or probe with this identifier.</summary>
internal sealed record RadiusArrived(RadiusTicket Ticket, byte[] Octets) : INoSerializationVerificationNeeded;

/// <summary>Socket to router or worker: the network reports that no process listens at the address of the server.</summary>
internal sealed record RadiusUnreachable(RadiusTicket Ticket) : INoSerializationVerificationNeeded;

/// <summary>Socket to dynamic authorization: a request that proves the secret of its client.</summary>
/// <param name="To">Address of this node that the request was sent to.</param>
internal sealed record DynamicAuthorizationArrived(DynamicAuthorizationPeer Client, IPEndPoint From, IPAddress To, byte[] Octets)
    : INoSerializationVerificationNeeded;

/// <summary>Dynamic authorization to a bundle: change the profile of the subscriber.</summary>
/// <remarks>The answer is <see cref="SubscriberChanged"/>. A bundle that is closing sends no answer.</remarks>
internal sealed record ChangeSubscriber(long Request, SessionChange What);

/// <summary>Bundle to dynamic authorization: the change of <see cref="ChangeSubscriber"/> holds.</summary>
internal sealed record SubscriberChanged(long Request);

/// <summary>Link to router: asks RADIUS for a login. The answer is <see cref="LoginAnswered"/> of the same attempt.</summary>
/// <param name="Attempt">Number of this authentication in its link.</param>
internal sealed record LoginAsked(int Attempt, LoginRequest Request, Instant Deadline, IActorRef Link) : RadiusWork(Deadline)
{
    public override RadiusClass Class => RadiusClass.Authentication;
    public override RadiusCode Code => RadiusCode.AccessRequest;
    public override string UserName => Request.UserName;
    public override string AcctSessionId => Request.AcctSessionId;
    public override string Lac => Request.Nas.Tunnel?.ClientAuthId ?? "";

    /// <summary>The line and the user, for <see cref="LoginGuard"/>.</summary>
    public LoginLine Line => new(Lac, Request.Nas.CallingStationId, UserName);

    public override int Write(Span<byte> packet, byte identifier, ReadOnlySpan<byte> secret, bool withoutRealm, DateTimeOffset utcNow)
    {
        Span<byte> authenticator = stackalloc byte[RadiusPacketView.AuthenticatorLength];
        RandomNumberGenerator.Fill(authenticator);
        return AccessRequest.Write(packet, identifier, authenticator, secret, withoutRealm ? Request.WithoutRealm() : Request);
    }

    public override void Answered(RadiusPacketView answer) => Link.Tell(new LoginAnswered(Attempt, LoginVerdict.Of(answer)));
    public override void Failed(RequestFailure failure) => Link.Tell(new LoginAnswered(Attempt, failure.ToVerdict()));

    /// <summary>Refuses the login without a RADIUS request.</summary>
    public void Refuse(LoginGuardVerdict why) =>
        Link.Tell(new LoginAnswered(Attempt, new LoginVerdict.Rejected(why.Words, why.Words), true));
}

/// <summary>Worker or router to link: the outcome of a login.</summary>
/// <param name="IsLocal">The node refused it without a RADIUS request; the router logs how many there are.</param>
internal sealed record LoginAnswered(int Attempt, LoginVerdict Verdict, bool IsLocal = false);

/// <summary>Accounting to router: sends a record to RADIUS. The answer is <see cref="AccountingAnswered"/>.</summary>
internal sealed record AccountingAsked(AccountingRecord Record, Instant Deadline, IActorRef Accounting) : RadiusWork(Deadline)
{
    public override RadiusClass Class => Record.Kind == AccountingKind.Interim ? RadiusClass.Interim : RadiusClass.StartStop;
    public override RadiusCode Code => RadiusCode.AccountingRequest;
    private string _omitted = "";

    public override string UserName => Record.Session.RoutedBy;
    public override string AcctSessionId => Record.Session.AcctSessionId;

    public override int Write(Span<byte> packet, byte identifier, ReadOnlySpan<byte> secret, bool withoutRealm, DateTimeOffset utcNow) =>
        AccountingRequest.Write(packet, identifier, secret,
            withoutRealm && Record.Session.Login.Length == 0 ? WithoutRealm(Record) : Record, utcNow, out _omitted);

    public override void Answered(RadiusPacketView answer) =>
        Accounting.Tell(new AccountingAnswered(AcctSessionId, Record.Kind, null, AccountingReply.WantsDrop(answer)) { Omitted = _omitted });

    public override void Failed(RequestFailure failure) =>
        Accounting.Tell(new AccountingAnswered(AcctSessionId, Record.Kind, failure.Text, DropAsked: false,
        IsUnsendable: failure.Kind == RequestFailureKind.Unsendable, IsUnasked: failure.Kind == RequestFailureKind.NotAsked));

    private static AccountingRecord WithoutRealm(AccountingRecord record) =>
        record with { Session = record.Session with { UserName = RealmOfUser.Of(record.Session.UserName).User } };
}

/// <summary>Worker or router to accounting: the outcome of a record.</summary>
/// <param name="Failure">Reason for the log; null: a server acknowledged the record.</param>
/// <param name="DropAsked">The server wants the session ended (mpd-drop-user).</param>
/// <param name="IsUnsendable">The record is too large for a packet, so every attempt fails.</param>
/// <param name="IsUnasked">No server was asked, so none refused the record.</param>
internal sealed record AccountingAnswered(
    string Session, AccountingKind Kind, string? Failure, bool DropAsked, bool IsUnsendable = false, bool IsUnasked = false)
{
    /// <summary>Attributes that did not fit into the packet; empty: none.</summary>
    public string Omitted { get; init; } = "";
}
