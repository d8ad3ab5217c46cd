using Akka.LNS.Protocol.L2tp;

namespace Akka.LNS.Actors.Settings;

/// <summary>The settings of the node, which a reload replaces as a whole.</summary>
internal sealed class LiveSettings(LnsSettings settings)
{
    private volatile LnsSettings _current = settings;
    private volatile CallSettings _calls = new(settings.Sessions.ConnectTimeout);
    private volatile bool _hasAccounted = settings.Radius.Accounts;

    /// <summary>As they are now. A reader of several values that must fit together reads this once.</summary>
    public LnsSettings Current
    {
        get => _current;
        set
        {
            _calls = new CallSettings(value.Sessions.ConnectTimeout);
            _current = value;
            if (value.Radius.Accounts) _hasAccounted = true;
        }
    }

    /// <summary>Settings of <see cref="IncomingCall"/>.</summary>
    public CallSettings Calls => _calls;

    /// <summary>Accounting is on, or was: there may be sessions with a Start and no Stop.</summary>
    public bool HasAccounted => _hasAccounted;
}
