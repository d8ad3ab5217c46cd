namespace Akka.LNS.Protocol.L2tp;

/// <summary>
/// Addresses from which a tunnel was up: the LAC answered from there, with the right secret if it has one. Bounded: the address that was
/// proved longest ago is forgotten first.
/// </summary>
/// <remarks>Not a state record: it has one owner, which changes it in place. It holds plain data.</remarks>
internal sealed class ProvenAddresses(int capacity)
{
    private readonly LinkedList<UInt128> _byAge = new(); // the oldest first
    private readonly Dictionary<UInt128, LinkedListNode<UInt128>> _nodes = [];

    public bool Contains(UInt128 address) => _nodes.ContainsKey(address);

    public void Add(UInt128 address)
    {
        if (_nodes.TryGetValue(address, out var known)) _byAge.Remove(known);
        else if (_nodes.Count >= capacity)
        {
            _nodes.Remove(_byAge.First!.Value);
            _byAge.RemoveFirst();
        }
        _nodes[address] = _byAge.AddLast(address);
    }
}
