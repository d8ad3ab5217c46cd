using System.Collections.Immutable;
using System.Net;
using Akka.LNS.DataPlane.Contract;
using Akka.LNS.Server.Settings.Values;
using static Akka.LNS.Server.Settings.Values.Units;

namespace Akka.LNS.Server.Settings.Sections;

/// <summary><c>lns.socket</c></summary>
internal static class SocketSection
{
    private static readonly ListenSettings Default = new([]);
    public static readonly Section Keys = new();
    private static readonly Key<long> ReceiveBuffer =
        Keys.Size("receive-buffer", Default.ReceiveBufferOctets, 64 * KiB, GiB, Apply.Restart);
    private static readonly Key<long> SendBuffer = Keys.Size("send-buffer", Default.SendBufferOctets, 64 * KiB, GiB, Apply.Restart);
    private static readonly Key<int> DataThreads = Keys.Number("data-threads", Default.DataThreads, 1, 64, Apply.Restart);

    public static ListenSettings Read(SectionReader s, ImmutableArray<IPEndPoint> listen) => new(listen)
    {
        ReceiveBufferOctets = (int)s.Get(ReceiveBuffer),
        SendBufferOctets = (int)s.Get(SendBuffer),
        DataThreads = s.Get(DataThreads),
    };
}
