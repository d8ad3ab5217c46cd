namespace Akka.LNS.Protocol.Tests;

public class EndClassTests
{
    [Theory]
    [InlineData(EndCause.UserRequest, EndClass.User)]
    [InlineData(EndCause.SessionTimeout, EndClass.Limit)]
    [InlineData(EndCause.CallDisconnected, EndClass.Lac)]
    [InlineData(EndCause.EchoTimeout, EndClass.Lost)]
    [InlineData(EndCause.TunnelTimeout, EndClass.Lost)]
    [InlineData(EndCause.AuthenticationFailed, EndClass.Login)]
    [InlineData(EndCause.SetupTimeout, EndClass.Negotiation)]
    [InlineData(EndCause.NoAddress, EndClass.Refused)]
    [InlineData(EndCause.AdministrativeReset, EndClass.Operator)]
    [InlineData(EndCause.InternalError, EndClass.Fault)]
    public void A_cause_has_the_class_of_the_party_to_look_at(EndCause cause, EndClass expected) => Assert.Equal(expected, cause.ToClass());
}
