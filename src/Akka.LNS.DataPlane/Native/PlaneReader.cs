using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Akka.LNS.DataPlane.Native;

/// <summary>Reads a message of <see cref="PlaneWriter"/>.</summary>
internal ref struct PlaneReader(ReadOnlySpan<byte> octets)
{
    private ReadOnlySpan<byte> _left = octets;

    public T Read<T>() where T : unmanaged
    {
        var value = MemoryMarshal.Read<T>(_left);
        _left = _left[Unsafe.SizeOf<T>()..];
        return value;
    }

    public ImmutableArray<T> ReadAll<T>() where T : unmanaged
    {
        var values = new T[Read<int>()];
        var octets = MemoryMarshal.AsBytes(values.AsSpan());
        _left[..octets.Length].CopyTo(octets);
        _left = _left[octets.Length..];
        return ImmutableCollectionsMarshal.AsImmutableArray(values);
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadAll<byte>().AsSpan());
}
