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
        var octets = new byte[most];
        return Encoding.UTF8.GetString(octets, 0, file.ReadAtLeast(octets, most, throwOnEndOfStream: false)).TrimStart('\uFEFF');
    }

    /// <summary>The whole file.</summary>
    /// <inheritdoc cref="Open"/>
    public static string ReadAllText(string path)
    {
        using var reader = new StreamReader(Open(path));
        return reader.ReadToEnd();
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Look(int folder, string path, int flags, uint mask, byte[] status);
}
