using System.Runtime.InteropServices;

namespace Akka.LNS.Server.Settings.Values;

/// <summary>Files that settings name. Anything else is not even opened: a FIFO would hold whoever opens it until somebody writes.</summary>
internal static partial class RegularFile
{
    private const int CurrentFolder = -100, StatxOctets = 256, ModeAt = 28; // AT_FDCWD; struct statx and its stx_mode, the same on every Linux (statx(2))
    private const uint StatxType = 1;
    private const ushort TypeMask = 0xF000, Regular = 0x8000; // inode(7)

    /// <exception cref="IOException">It cannot be read, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(string path)
    {
        var status = new byte[StatxOctets];
        // what cannot be looked at cannot be opened either: that says why
        if (Look(CurrentFolder, path, 0, StatxType, status) == 0 && (BitConverter.ToUInt16(status, ModeAt) & TypeMask) != Regular)
            throw new IOException("it is not a regular file");
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>All of it.</summary>
    /// <inheritdoc cref="Open"/>
    public static string ReadAllText(string path)
    {
        using var reader = new StreamReader(Open(path));
        return reader.ReadToEnd();
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Look(int folder, string path, int flags, uint mask, byte[] status);
}
