using System.Text;

namespace Akka.LNS.Actors.Settings;

/// <summary>A shared secret or password. <see cref="ToString"/> gives ***.</summary>
public sealed record Secret(string Value)
{
    /// <summary>UTF-8.</summary>
    public byte[] Octets => Encoding.UTF8.GetBytes(Value);

    public override string ToString() => "***";
}
