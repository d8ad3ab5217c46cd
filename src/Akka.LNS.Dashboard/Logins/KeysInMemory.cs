using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Akka.LNS.Dashboard.Logins;

/// <summary>Keys that protect cookies and forms. They are in memory only and end with lnsd, as logins do.</summary>
internal sealed class KeysInMemory : IXmlRepository
{
    private readonly Lock _lock = new();
    private readonly List<XElement> _keys = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_lock) return [.. _keys.Select(static k => new XElement(k))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_lock) _keys.Add(new XElement(element));
    }
}
