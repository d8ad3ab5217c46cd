namespace Akka.LNS.Actors.Calls;

/// <summary>Frames that arrived before their owner existed, because control messages and data packets use different threads.</summary>
internal struct EarlyFrames
{
    private const int Limit = 4;
    private List<PppArrived>? _frames;

    /// <summary>Keeps a frame. More than four are dropped, because PPP sends its requests again.</summary>
    public void Keep(PppArrived frame)
    {
        _frames ??= new List<PppArrived>(Limit);
        if (_frames.Count < Limit) _frames.Add(frame);
    }

    /// <summary>Passes all kept frames to their owner, in order.</summary>
    public void ReleaseTo(IActorRef owner)
    {
        if (_frames is null) return;
        foreach (var frame in _frames) owner.Tell(frame);
        _frames = null;
    }
}
