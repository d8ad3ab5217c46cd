using Akka.LNS.Wire.L2tp;

namespace Akka.LNS.Stress.Lacs;

/// <summary>Result of a bring-up. A set-up time runs from the start of the call, whose ICRQ may still wait for the send window, to Opened
/// of IPCP.</summary>
/// <param name="Up">Sessions that came up.</param>
/// <param name="Lost">Sessions that came up and ended unexpectedly.</param>
/// <param name="Elapsed">Time from the start of the first call to Opened of the last IPCP.</param>
/// <param name="Latencies">Set-up times, shortest first.</param>
/// <param name="Failures">Reasons of failed and lost sessions, with their number.</param>
public sealed record LoadReport(int Sessions, int Up, int Failed, int Lost, TimeSpan Elapsed, IReadOnlyList<TimeSpan> Latencies,
    IReadOnlyDictionary<string, int> Failures, LoadCounters Counters, TimeSpan CpuTime)
{
    public double SessionsPerSecond => Elapsed > TimeSpan.Zero ? Up / Elapsed.TotalSeconds : 0;

    /// <summary>Quantile of the set-up times; <paramref name="share"/> is 0 to 1.</summary>
    public TimeSpan Latency(double share) =>
        Latencies.Count == 0 ? TimeSpan.Zero
        : Latencies[Math.Clamp((int)Math.Ceiling(share * Latencies.Count) - 1, 0, Latencies.Count - 1)];
}

/// <summary>Counters of a generator. Any thread may read them during a run.</summary>
public sealed class LoadCounters
{
    private long _started, _inSetup, _up, _failed, _lost, _down, _pppRetransmits, _echoReplies, _malformed, _strays, _controlRetransmits,
        _controlDuplicates,
        _setUps, _wanted, _refused, _refusedWithText, _refusedToTryAnother, _lostFuzzed;

    public long Started => Interlocked.Read(ref _started);
    public long InSetup => Interlocked.Read(ref _inSetup);
    /// <summary>Sessions that are up now.</summary>
    public long Up => Interlocked.Read(ref _up);
    public long Failed => Interlocked.Read(ref _failed);
    public long Lost => Interlocked.Read(ref _lost);
    /// <summary>Sessions lost in tunnels with altered messages; not in <see cref="Lost"/>.</summary>
    public long LostFuzzed => Interlocked.Read(ref _lostFuzzed);
    /// <summary>Calls that came up.</summary>
    public long SetUps => Interlocked.Read(ref _setUps);
    /// <summary>Subscribers that should be up now.</summary>
    public long Wanted => Interlocked.Read(ref _wanted);
    /// <summary>Calls that the LNS answered with a CDN instead of an ICRP, or before ICCN was sent.</summary>
    public long Refused => Interlocked.Read(ref _refused);
    /// <summary>Refused calls with an Error Message.</summary>
    public long RefusedWithText => Interlocked.Read(ref _refusedWithText);
    /// <summary>Refused calls with CDN 2/7, 2/4 or 4, for which a LAC tries another LNS. RFC 2661 section 4.4.2.</summary>
    public long RefusedToTryAnother => Interlocked.Read(ref _refusedToTryAnother);
    public long Down => Interlocked.Read(ref _down);
    public long PppRetransmits => Interlocked.Read(ref _pppRetransmits);
    public long EchoReplies => Interlocked.Read(ref _echoReplies);
    /// <summary>Datagrams that are not valid L2TP or PPP.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);
    /// <summary>Datagrams for unknown tunnels or sessions, or not from the LNS.</summary>
    public long Strays => Interlocked.Read(ref _strays);
    /// <summary>Control messages that the LACs retransmitted.</summary>
    public long ControlRetransmits => Interlocked.Read(ref _controlRetransmits);
    /// <summary>Control messages of the LNS that were duplicates or out of order.</summary>
    public long ControlDuplicates => Interlocked.Read(ref _controlDuplicates);

    // One thread writes, so no interlocked addition is needed; readers need whole numbers.
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
        if (result.Text.Length > 0) Volatile.Write(ref _refusedWithText, _refusedWithText + 1);
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
