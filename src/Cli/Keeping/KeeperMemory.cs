using System.Security.Cryptography;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>The memory that a keeper holds under names of their own, and who uses it.</summary>
internal sealed class KeeperMemory(KeeperClient keeper, string socket)
{
    private const int ReadAtOnce = 1 << 20;
    private const int Init = 1; // the service manager, which holds what the keeper does, for it

    /// <summary>Opens memory by its name.</summary>
    /// <exception cref="UserException">There is none.</exception>
    internal MemFd Open(string name) => NamedMemory.Open(keeper, name) ?? throw Missing(name);

    /// <summary>Finds memory by its names; all of it where none is given.</summary>
    /// <exception cref="UserException">There is none of a name.</exception>
    internal IReadOnlyList<NamedMemory> Find(IReadOnlyCollection<string> names)
    {
        var all = NamedMemory.List(keeper);
        if (names.Count == 0) return all;
        return [.. names.Select(name => all.FirstOrDefault(memory => memory.Name == name) ?? throw Missing(name))];
    }

    /// <summary>The processes that have memory open or mapped, besides the keeper, the service manager that holds with it, and this one.</summary>
    internal IReadOnlyList<string> UsersOf(MemFd memory)
    {
        var own = keeper.Status().ProcessId;
        return [.. memory.FindUsers().Where(user => user.ProcessId != own && user.ProcessId != Init && user.ProcessId != Environment.ProcessId).Select(static user => user.ToString())];
    }

    /// <summary>The checksum of memory's content. Holes stay holes.</summary>
    internal static string Checksum(MemFd memory)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[ReadAtOnce];
        for (var offset = 0L; offset < memory.Length;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, memory.Length - offset));
            memory.Fd.ReadExactlyAt(part, offset);
            hash.AppendData(part);
            offset += part.Length;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private UserException Missing(string name) => new(
        $"The keeper at {socket} holds no memory '{name}' (devkeep memory list). Create it: devkeep memory create {name} SIZE; or, if a session has brought it over a kexec: devkeep restore.");
}
