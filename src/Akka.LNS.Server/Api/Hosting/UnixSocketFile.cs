using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.LNS.Server.Settings.Sections;

namespace Akka.LNS.Server.Api.Hosting;

/// <summary>Creates a Unix socket. Mode and group of its file are set before a client can connect.</summary>
internal static partial class UnixSocketFile
{
    /// <summary>Folder of relative paths: RuntimeDirectory= of systemd (systemd.exec(5)), or /run/akka-lns.</summary>
    private static string RuntimeDirectory =>
        Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY")?.Split(':')[0] is { Length: > 0 } given ? given : "/run/akka-lns";

    public static string FullPath(string path) => Path.GetFullPath(Path.Combine(RuntimeDirectory, path));

    /// <summary>Binds a socket and sets mode and group. It does not listen yet. The file of a crashed server is replaced.</summary>
    /// <exception cref="ApiStartException">The path cannot be created, or another process serves there.</exception>
    public static Socket Bind(string path, ApiUnixSettings settings)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (Path.GetDirectoryName(path) is { } folder) Directory.CreateDirectory(folder);
            if (File.Exists(path)) RemoveStale(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            // before Listen: until then no client can connect
            if (ChangeMode(path, (uint)settings.Mode) != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
            if (settings.Group is { } group) SetGroup(path, group);
            return socket;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new ApiStartException($"cannot listen on {ApiListen.UnixPrefix}{path} (lns.api.listen): {e.Message}");
        }
        catch (ApiStartException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RemoveStale(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused) // the error for any other file, too
        {
            throw new ApiStartException(
                $"cannot listen on {ApiListen.UnixPrefix}{path} (lns.api.listen): the file exists and is not a socket");
        }
        throw new ApiStartException($"cannot listen on {ApiListen.UnixPrefix}{path} (lns.api.listen): another lnsd serves there");
    }

    /// <summary>True for a socket: opening it as a file fails with ENXIO (open(2)).</summary>
    private static bool IsSocket(string path)
    {
        var information = new FileInfo(path);
        return information.LinkTarget is null && (information.Attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) == 0
            && !CanBeOpened(path);
    }

    private static bool CanBeOpened(string path)
    {
        try
        {
            using var _ = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void SetGroup(string path, string group)
    {
        if (!uint.TryParse(group, out var id) && !TryFindGroup(group, out id))
            throw new ApiStartException($"there is no group '{group}' (lns.api.unix.group)");
        if (ChangeOwner(path, uint.MaxValue, id) != 0)
            throw new ApiStartException(
                $"cannot give {path} to group '{group}' (lns.api.unix.group): {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Finds the id of a group. struct group: name, password, id (getgrnam(3)).</summary>
    private static bool TryFindGroup(string name, out uint id)
    {
        var found = FindGroup(name);
        id = found == 0 ? 0 : (uint)Marshal.ReadInt32(found, 2 * nint.Size);
        return found != 0;
    }

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FindGroup(string name);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
