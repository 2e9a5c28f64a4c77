using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary>The memory that a VMM gets, as far as the keeper has it: opened while this process may ask the keeper.</summary>
internal sealed class NamedMemoryFiles : IDisposable
{
    private readonly List<(VmmMemory Memory, FileDescriptor File)> _files = [];

    private NamedMemoryFiles(IReadOnlyList<VmmMemory> memory) => Memory = memory;

    /// <summary>All memory that was asked for, in that order.</summary>
    internal IReadOnlyList<VmmMemory> Memory { get; private set; }

    /// <summary>Opens what has a name. Without one no keeper is asked.</summary>
    /// <exception cref="UserException">The keeper has no memory of a name.</exception>
    /// <exception cref="LinuxException">No keeper runs, or it does not serve this user.</exception>
    internal static NamedMemoryFiles Open(IReadOnlyList<MemoryChoice> choices, string socket)
    {
        var files = new NamedMemoryFiles([.. choices.Select(static choice => new VmmMemory(choice.Name, choice.Length))]);
        if (choices.All(static choice => choice.Name is null)) return files;
        try
        {
            using var client = KeeperClient.Connect(socket);
            var keeper = new KeeperMemory(client, socket);
            files.Memory = [.. choices.Select(choice => choice.Name is { } name ? files.Add(name, keeper) : new VmmMemory(null, choice.Length))];
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Gives the open files to the VMM's descriptors.</summary>
    internal void GiveTo(VmmDescriptors descriptors)
    {
        foreach (var (memory, file) in _files) descriptors.Add(memory.Placeholder, file);
    }

    public void Dispose()
    {
        foreach (var (_, file) in _files) file.Dispose();
    }

    // Opened anew: the program's position in the file and its flags are its own, not the keeper's and those of who had it before.
    private VmmMemory Add(string name, KeeperMemory keeper)
    {
        using var file = keeper.Open(name);
        var memory = new VmmMemory(name, (ulong)file.Length);
        _files.Add((memory, file.Fd.Reopen(OpenMode.ReadWrite)));
        return memory;
    }
}
