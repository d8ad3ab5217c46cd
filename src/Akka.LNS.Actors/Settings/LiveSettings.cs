using Akka.LNS.Protocol.L2tp;

namespace Akka.LNS.Actors.Settings;

/// <summary>The settings of the node, which a reload replaces as a whole.</summary>
internal sealed class LiveSettings(LnsSettings settings)
{
    private volatile LnsSettings _current = settings;
    private volatile CallSettings _calls = new(settings.Sessions.ConnectTimeout);
    private volatile bool _hasAccounted = settings.Radius.Accounts;

    /// <summary>The current settings. A reader of several values that must fit together reads this once.</summary>
    public LnsSettings Current => _current;

    /// <summary>Settings of <see cref="IncomingCall"/>.</summary>
    public CallSettings Calls => _calls;

    /// <summary>Accounting is on, or was: there may be sessions with a Start and no Stop.</summary>
    public bool HasAccounted => _hasAccounted;

    /// <summary>A reload. The next reader of <see cref="Current"/> gets these settings.</summary>
    public void Replace(LnsSettings next)
    {
        _calls = new CallSettings(next.Sessions.ConnectTimeout);
        _current = next;
        if (next.Radius.Accounts) _hasAccounted = true;
    }
}
