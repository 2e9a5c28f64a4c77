namespace Devices.Linux;

/// <summary>The path of a socket that a service makes itself.</summary>
public static class SocketPath
{
    /// <summary>Listens at a path: makes its folder if need be, and takes the place of what a service that was killed has left there.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">Who may connect.</param>
    /// <param name="folderMode">The folder's mode, where it is made.</param>
    /// <exception cref="LinuxException">Somebody listens there already (EADDRINUSE), or it cannot be listened at.</exception>
    /// <exception cref="InvalidOperationException">Others may write to the folder, and could put a socket in the place of this one.</exception>
    public static UnixStream Listen(string path, UnixFileMode mode, UnixFileMode folderMode)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, folderMode);
        var found = File.GetUnixFileMode(folder);
        if ((found & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None && !found.HasFlag(UnixFileMode.StickyBit))
            throw new InvalidOperationException($"Others may write to {folder}, and put their socket in the place of this service's: chmod go-w {folder}");
        RemoveStale(path);
        var stream = UnixStream.Listen(path);
        File.SetUnixFileMode(path, mode);
        return stream;
    }

    // Where somebody listens, connecting works, and listening will say that the path is taken.
    private static void RemoveStale(string path)
    {
        try
        {
            UnixStream.Connect(path).Dispose();
        }
        catch (LinuxException nobody) when (nobody.Errno == Errno.ECONNREFUSED)
        {
            File.Delete(path);
        }
        catch (LinuxException none) when (none.Errno == Errno.ENOENT)
        {
            // Nothing to remove.
        }
    }
}
