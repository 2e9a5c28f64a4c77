using Devices.Linux;
using Devices.Preservation;
using Devices.Varlink;

namespace Devices.Broker;

/// <summary>What a client sent as memory to be preserved: as far as it is memory, open here too.</summary>
internal sealed class ClientMemory : IDisposable
{
    private readonly List<KeptMemory> _kept = [];
    private readonly List<PreflightFinding> _findings = [];

    /// <summary>Looks at it; nothing of it is changed.</summary>
    /// <param name="named">What it is called.</param>
    /// <param name="files">The descriptors, still the caller's.</param>
    /// <exception cref="VarlinkException">InvalidParameter: a name is none.</exception>
    internal ClientMemory(IReadOnlyList<MemoryFile> named, IReadOnlyList<FileDescriptor> files)
    {
        for (var index = 0; index < named.Count; index++)
        {
            if (!SessionEntry.IsName(named[index].Name)) throw ServiceErrors.InvalidParameter($"memory[{index}].name");
        }

        try
        {
            foreach (var (memory, file) in named.Zip(files)) Add(memory.Name, file.Duplicate());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal IReadOnlyList<KeptMemory> Kept => _kept;

    internal IReadOnlyList<SessionMemory> Sizes => [.. _kept.Select(static memory => new SessionMemory(memory.Name, memory.File.Length))];

    internal long Bytes => _kept.Sum(static memory => memory.File.Length);

    /// <summary>What cannot be preserved, of what no preflight looks at.</summary>
    internal IReadOnlyList<PreflightFinding> Findings => _findings;

    /// <summary>Closes it.</summary>
    public void Dispose() => _kept.ForEach(static memory => memory.File.Dispose());

    private void Add(string name, FileDescriptor file)
    {
        MemFd memory;
        try
        {
            memory = MemFd.Adopt(file);
        }
        catch (LinuxException)
        {
            Refuse(name, $"It is {file.Subject}, which is not a memfd.", "Send a memfd (memfd_create), sealed with F_SEAL_SEAL, F_SEAL_GROW and F_SEAL_SHRINK.");
            return;
        }

        _kept.Add(new KeptMemory(name, memory));
        // What comes back in the next kernel can be written to.
        if (!memory.IsReadWrite) Refuse(name, "It is not open for reading and writing.", "Send the descriptor that memfd_create returned, or one like it.");
        if (memory.Length == 0) Refuse(name, "It is empty.", "Give it its size (ftruncate) before it is sealed.");
    }

    private void Refuse(string name, string reason, string wayOut) => _findings.Add(new PreflightFinding("memory", name, FindingLevel.Refused, reason, wayOut));
}
