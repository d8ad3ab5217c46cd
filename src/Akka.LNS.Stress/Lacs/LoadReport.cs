using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>How a bring-up went. Times of set-up run from the call's begin (its ICRQ may still wait for the window of its tunnel) to IPCP opened.</summary>
/// <param name="Up">Sessions that came up, whatever became of them.</param>
/// <param name="Lost">Of them, those that ended when nobody wished it.</param>
/// <param name="Elapsed">From the first call's begin to the last IPCP opened.</param>
/// <param name="Latencies">Of the sessions that came up, shortest first.</param>
/// <param name="Failures">Reasons of sessions that never came up, or were lost, with how often.</param>
public sealed record LoadReport(int Sessions, int Up, int Failed, int Lost, TimeSpan Elapsed, IReadOnlyList<TimeSpan> Latencies,
    IReadOnlyDictionary<string, int> Failures, LoadCounters Counters, TimeSpan CpuTime)
{
    public double SessionsPerSecond => Elapsed > TimeSpan.Zero ? Up / Elapsed.TotalSeconds : 0;

    /// <summary>The set-up time that this share of the sessions did not exceed.</summary>
    public TimeSpan Latency(double share) =>
        Latencies.Count == 0 ? TimeSpan.Zero : Latencies[Math.Clamp((int)Math.Ceiling(share * Latencies.Count) - 1, 0, Latencies.Count - 1)];
}

/// <summary>Counts of a generator; may be read from any thread while it runs.</summary>
public sealed class LoadCounters
{
    private long _started, _inSetup, _up, _failed, _lost, _down, _pppRetransmits, _echoReplies, _malformed, _strays, _controlRetransmits, _controlDuplicates,
        _setUps, _wanted, _refused, _refusedInWords, _refusedToTryAnother, _lostFuzzed;

    public long Started => Interlocked.Read(ref _started);
    public long InSetup => Interlocked.Read(ref _inSetup);
    /// <summary>Sessions that are up now.</summary>
    public long Up => Interlocked.Read(ref _up);
    public long Failed => Interlocked.Read(ref _failed);
    public long Lost => Interlocked.Read(ref _lost);
    /// <summary>Sessions lost in tunnels with wrong messages among the right ones; not in <see cref="Lost"/>.</summary>
    public long LostFuzzed => Interlocked.Read(ref _lostFuzzed);
    /// <summary>Calls that came up, each time.</summary>
    public long SetUps => Interlocked.Read(ref _setUps);
    /// <summary>Subscribers that are to be up now.</summary>
    public long Wanted => Interlocked.Read(ref _wanted);
    /// <summary>Calls that the LNS answered with a CDN in the place of an ICRP, or before our ICCN was out.</summary>
    public long Refused => Interlocked.Read(ref _refused);
    /// <summary>Of them, those with an Error Message.</summary>
    public long RefusedInWords => Interlocked.Read(ref _refusedInWords);
    /// <summary>Of them, those that a LAC takes for "not here, not now": 2/7, 2/4 and 4 (RFC 2661 §4.4.2).</summary>
    public long RefusedToTryAnother => Interlocked.Read(ref _refusedToTryAnother);
    public long Down => Interlocked.Read(ref _down);
    public long PppRetransmits => Interlocked.Read(ref _pppRetransmits);
    public long EchoReplies => Interlocked.Read(ref _echoReplies);
    /// <summary>Datagrams that are no L2TP or no PPP.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);
    /// <summary>Datagrams for tunnels or sessions that are not there, or from somewhere else than the LNS.</summary>
    public long Strays => Interlocked.Read(ref _strays);
    /// <summary>Control messages that we sent again.</summary>
    public long ControlRetransmits => Interlocked.Read(ref _controlRetransmits);
    /// <summary>Control messages of the LNS that came again, or before their turn.</summary>
    public long ControlDuplicates => Interlocked.Read(ref _controlDuplicates);

    // one thread writes: no interlocked addition is needed, only that readers see whole numbers
    internal void CountStarted() => Volatile.Write(ref _started, _started + 1);
    internal void SetSessions(int inSetup, int up, int wanted)
    {
        Volatile.Write(ref _inSetup, inSetup);
        Volatile.Write(ref _up, up);
        Volatile.Write(ref _wanted, wanted);
    }
    internal void CountFailed() => Volatile.Write(ref _failed, _failed + 1);
    internal void CountSetUp() => Volatile.Write(ref _setUps, _setUps + 1);
    internal void CountRefused(ResultCode result)
    {
        Volatile.Write(ref _refused, _refused + 1);
        if (result.Text.Length > 0) Volatile.Write(ref _refusedInWords, _refusedInWords + 1);
        if (result is { Result: ResultCode.Cdn.GeneralError, Error: ResultCode.ErrorCode.TryAnother or ResultCode.ErrorCode.NoResources }
            or { Result: ResultCode.Cdn.NoFacilitiesNow }) Volatile.Write(ref _refusedToTryAnother, _refusedToTryAnother + 1);
    }
    internal void CountLostFuzzed() => Volatile.Write(ref _lostFuzzed, _lostFuzzed + 1);
    internal void CountLost() => Volatile.Write(ref _lost, _lost + 1);
    internal void CountDown() => Volatile.Write(ref _down, _down + 1);
    internal void CountPppRetransmit() => Volatile.Write(ref _pppRetransmits, _pppRetransmits + 1);
    internal void CountEchoReply() => Volatile.Write(ref _echoReplies, _echoReplies + 1);
    internal void CountMalformed() => Volatile.Write(ref _malformed, _malformed + 1);
    internal void CountStray() => Volatile.Write(ref _strays, _strays + 1);
    internal void SetControl(long retransmits, long duplicates)
    {
        Volatile.Write(ref _controlRetransmits, retransmits);
        Volatile.Write(ref _controlDuplicates, duplicates);
    }
}
