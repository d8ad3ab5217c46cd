using System.Security.Cryptography;
using Akka.LNS.Protocol.Accounting;

namespace Akka.LNS.Actors.Accounting;

/// <summary>Acct-Session-Ids for many actors.</summary>
internal sealed class SessionIdSource(string group, DateTimeOffset startedUtc, uint previousEpoch = 0)
{
    private readonly Lock _lock = new(); // a few nanoseconds, once per session
    private int _incarnation;
    private AcctSessionIds _ids = AcctSessionIds.Start(
        group, startedUtc, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))), previousEpoch);

    /// <summary>Epoch that a later start must not use again.</summary>
    public uint Epoch
    {
        get { lock (_lock) return _ids.Epoch; }
    }

    public string Next()
    {
        lock (_lock)
        {
            (var id, _ids) = _ids.Take();
            return id;
        }
    }

    /// <summary>A number that distinguishes two calls with the same tunnel and session id.</summary>
    public uint NextIncarnation() => (uint)Interlocked.Increment(ref _incarnation);
}
