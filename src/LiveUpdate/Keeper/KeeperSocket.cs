using System.Text;
using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>The place of the keeper's socket: a folder that nobody else writes into, and a lock that says whether a keeper lives.</summary>
internal static class KeeperSocket
{
    internal static void PrepareFolder(string folder)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!Directory.Exists(folder))
            Directory.CreateDirectory(folder, Private);
        if ((File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
            throw new KeeperException(KeeperProblem.NotTrusted, $"Others than the owner may write into {folder} and could put their socket in the place of the keeper's: use a folder of mode 0700.");
    }

    internal static FileStream TakeLock(string path, string socket)
    {
        try
        {
            // FileShare.None takes flock(LOCK_EX): the kernel lets go of it whichever way the process ends.
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            file.Flush();
            return file;
        }
        catch (IOException e)
        {
            throw new KeeperException(KeeperProblem.AlreadyRunning, $"A keeper (pid {ReadOwner(path)}) is alive at {socket}: use it, or end it with 'devkeep keeper --stop'.", e);
        }
    }

    private static string ReadOwner(string path)
    {
        // Not File.ReadAllText: it would ask for a lock of its own.
        using var file = FileDescriptor.TryOpen(path, OpenMode.ReadOnly, out _);
        Span<byte> text = stackalloc byte[16];
        var length = file?.ReadAt(text, 0) ?? 0;
        return length == 0 ? "unknown" : Encoding.ASCII.GetString(text[..length]).Trim();
    }
}
