using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>Receives what happens to the plane. Called under the plane's lock, from any thread: must not block or call the plane.</summary>
public interface IPlaneObserver
{
    /// <summary>Addresses and routes of the host: at the start, and after a change.</summary>
    void OnHost(HostNetwork host);

    /// <summary>Something outside of the plane changed its device, and the plane has repaired it.</summary>
    /// <param name="what">What was found and done.</param>
    void OnRepaired(string what);

    /// <summary>The plane does not forward, and cannot repair it. It goes on trying.</summary>
    void OnFailed(string why);

    /// <summary>The plane forwards again after <see cref="OnFailed"/>.</summary>
    void OnRecovered();

    /// <summary>The kernel did not make or remove a route of no path. <see cref="IPppReceiver"/> gets those of a path.</summary>
    void OnRouteRefused(Ipv4Prefix network, string why);
}
