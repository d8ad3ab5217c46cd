using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Akka.LNS.Stress.Radius;
using Akka.LNS.Wire.Ppp;
using Akka.LNS.Wire.Radius;

namespace Akka.LNS.Stress.Tests;

public class RadiusResponderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A request as l2tpns 2.4.1 sends it: CHAP whose challenge is the Authenticator itself (RFC 2865 section 2.2), and no
    /// Message-Authenticator.</summary>
    private static byte[] OldAccessRequest(byte identifier, string password)
    {
        const int Head = 20;
        var packet = new byte[Head + 7 + 2 + 1 + ChapMd5.ResponseLength];
        (packet[0], packet[1]) = ((byte)RadiusCode.AccessRequest, identifier);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet.AsSpan(4, 16).Fill(0xA5);
        (packet[Head], packet[Head + 1]) = (RadiusAttributeType.UserName, 7);
        "user1"u8.CopyTo(packet.AsSpan(Head + 2));
        var chap = packet.AsSpan(Head + 7);
        (chap[0], chap[1], chap[2]) = (RadiusAttributeType.ChapPassword, (byte)chap.Length, 9);
        ChapMd5.Response(9, System.Text.Encoding.UTF8.GetBytes(password), packet.AsSpan(4, 16), chap[3..]);
        return packet;
    }

    [Theory]
    [InlineData("secret", RadiusCode.AccessAccept)]
    [InlineData("Secret", RadiusCode.AccessReject)]
    public async Task A_request_without_message_authenticator_is_answered_when_the_settings_allow_it(string password, RadiusCode answer)
    {
        using var responder = new RadiusResponder(
            new RadiusResponderSettings { Secret = "shared"u8.ToArray(), Password = "secret", RequireMessageAuthenticator = false });
        var octets = await Ask(responder, OldAccessRequest(3, password));
        Assert.Equal((answer, 3), ((RadiusCode)octets[0], octets[1]));
        Assert.Equal(0, responder.Counts.Invalid);
    }

    [Fact]
    public async Task A_request_without_message_authenticator_is_dropped_and_counted_by_default()
    {
        using var responder = new RadiusResponder(new RadiusResponderSettings { Secret = "shared"u8.ToArray(), Password = "secret" });
        using var client = Client(responder);
        client.Send(OldAccessRequest(3, "secret"));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var ticks = 0; responder.Counts.Invalid == 0; ticks++)
        {
            Assert.True(ticks < Patience / timer.Period, "the request is not counted");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal((1L, 0L), (responder.Counts.Invalid, responder.Counts.Access));
        Assert.Equal(0, client.Available);
    }

    private static Socket Client(RadiusResponder responder)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, responder.AuthenticationPort);
        return socket;
    }

    private static async Task<byte[]> Ask(RadiusResponder responder, byte[] request)
    {
        using var client = Client(responder);
        client.Send(request);
        var buffer = new byte[4096];
        var cancel = TestContext.Current.CancellationToken;
        var length = await client.ReceiveAsync(buffer, cancel).AsTask().WaitAsync(Patience, cancel);
        return buffer[..length];
    }
}
