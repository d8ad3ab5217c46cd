using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Akka.LNS.DataPlane.Native;

/// <summary>Writes a message between lnsd and the native plane: values in the host's layout, one after the other.</summary>
/// <remarks>Both sides are built of the same source for the same machine, so the layout of each type is the same.</remarks>
internal sealed class PlaneWriter
{
    private readonly ArrayBufferWriter<byte> _octets = new();

    public ReadOnlySpan<byte> Written => _octets.WrittenSpan;

    /// <summary>Begins a new message in the same memory.</summary>
    public void Clear() => _octets.ResetWrittenCount();

    public void Write<T>(in T value) where T : unmanaged => _octets.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public void WriteAll<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        Write(values.Length);
        _octets.Write(MemoryMarshal.AsBytes(values));
    }

    public void WriteText(string text) => WriteAll<byte>(Encoding.UTF8.GetBytes(text));
}
