using System.Net;
using System.Net.Sockets;
using Akka.LNS.Server.Api.Guard;
using Akka.LNS.Server.Api.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Akka.LNS.Server.Tests.Api;

public class PatientListenerTests
{
    [Fact]
    public async Task A_connection_is_accepted_and_the_end_of_the_socket_is_the_normal_end()
    {
        var refusals = new ApiRefusals(NullLoggerFactory.Instance, TimeProvider.System);
        var listeners = new PatientListeners(static e =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(e);
            return socket;
        }, refusals, NullLoggerFactory.Instance);
        await using var listener = await listeners.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), TestContext.Current.CancellationToken);
        using var client = new TcpClient();
        var accepting = listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        await client.ConnectAsync((IPEndPoint)listener.EndPoint, TestContext.Current.CancellationToken);
        await using var connection = await accepting;
        Assert.NotNull(connection);
        Assert.Equal(0, refusals[ApiRefusal.Accept]);
        await listener.UnbindAsync(TestContext.Current.CancellationToken);
        Assert.Null(await listener.AcceptAsync(TestContext.Current.CancellationToken)); // the normal end
    }

    [Fact]
    public void The_pause_after_failed_accepts_doubles_up_to_a_second()
    {
        var pause = PatientListener.Shortest;
        for (var i = 0; i < 20; i++)
        {
            var next = PatientListener.NextPause(pause);
            Assert.True(next > pause || next == PatientListener.Longest);
            pause = next;
        }
        Assert.Equal(TimeSpan.FromSeconds(1), pause);
    }
}
