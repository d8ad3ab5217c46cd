namespace Akka.LNS.DataPlane.Contract;

/// <summary>Receives L2TP control messages: T=1, version 2. The rest of the message is not checked yet.</summary>
public interface IControlReceiver
{
    /// <summary>Called on a receive thread: must not block, and must copy what it keeps.</summary>
    void OnControl(in UdpFlow flow, ReadOnlySpan<byte> datagram);
}
