using System.Text;

namespace Akka.LNS.Actors.Settings;

/// <summary>A shared secret or password. Whatever prints it prints ***; <see cref="Value"/> and <see cref="Octets"/> are for the code that needs it.</summary>
public sealed record Secret(string Value)
{
    /// <summary>UTF-8.</summary>
    public byte[] Octets => Encoding.UTF8.GetBytes(Value);

    public override string ToString() => "***";
}
