using Akka.LNS.Wire.Ip;

namespace Akka.LNS.DataPlane.Contract;

/// <summary>The plane for its device. Any thread.</summary>
internal interface IDeviceOwner
{
    /// <summary>Takes a problem that does not stop the start, also a later one.</summary>
    void Warn(string problem);

    /// <summary>True when the kernel should route the network to the device.</summary>
    bool Expects(Ipv4Prefix network);

    /// <summary>The device, its addresses or its routes may have changed.</summary>
    /// <returns>False: something is wrong that could not be repaired. The device asks again.</returns>
    bool Check();

    /// <summary>Takes the addresses and routes of the host.</summary>
    void OnHost(HostNetwork host);
}
