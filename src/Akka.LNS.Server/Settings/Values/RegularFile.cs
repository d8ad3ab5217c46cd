using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>
/// Opens files that settings name. Only regular files are opened: opening a FIFO blocks until another process writes to it.
/// </summary>
internal static partial class RegularFile
{
    // AT_FDCWD; struct statx and its stx_mode, the same on every Linux (statx(2))
    private const int CurrentFolder = -100, StatxOctets = 256, ModeAt = 28;
    private const uint StatxType = 1;
    private const ushort TypeMask = 0xF000, Regular = 0x8000; // inode(7)

    /// <exception cref="IOException">The file cannot be read, or is not a regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public static FileStream Open(string path)
    {
        var status = new byte[StatxOctets];
        // when statx fails, opening the file fails too and gives the reason
        if (Look(CurrentFolder, path, 0, StatxType, status) == 0 && (BitConverter.ToUInt16(status, ModeAt) & TypeMask) != Regular)
            throw new IOException("it is not a regular file");
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>The first octets of a file as UTF-8, without a byte order mark.</summary>
    /// <param name="most">Maximum number of octets that are read.</param>
    /// <inheritdoc cref="Open"/>
    public static string ReadStart(string path, int most)
    {
        using var file = Open(path);
        var octets = new byte[Math.Min(most, 4096)];
        var length = 0;
        while (true)
        {
            length += file.ReadAtLeast(octets.AsSpan(length), octets.Length - length, throwOnEndOfStream: false);
            if (length < octets.Length || length == most) return Encoding.UTF8.GetString(octets, 0, length).TrimStart('\uFEFF');
            Array.Resize(ref octets, Math.Min(most, octets.Length * 2));
        }
    }

    /// <summary>The whole file as UTF-8, without a byte order mark.</summary>
    /// <param name="most">Maximum number of octets.</param>
    /// <exception cref="IOException">The file cannot be read, is not a regular file, or is larger.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public static string ReadText(string path, int most)
    {
        var text = ReadStart(path, most + 1);
        return Encoding.UTF8.GetByteCount(text) > most
            ? throw new IOException(string.Create(CultureInfo.InvariantCulture, $"it is larger than {most} octets")) : text;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Look(int folder, string path, int flags, uint mask, byte[] status);
}
