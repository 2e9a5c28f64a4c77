using Devices.Linux;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>The host's caches of configuration space on their way over a jump. They only save reads: what is wrong with them is told, and stops nothing.</summary>
internal static class HostConfigCache
{
    /// <summary>What is there, to be preserved.</summary>
    internal static ReadOnlyMemory<byte> Read(CommandRun run)
    {
        try
        {
            var store = ConfigCacheStore.Load();
            var caches = store.Entries.Count > 0 ? store.ToBytes() : [];
            if (caches.Length <= PreservationRequest.MaxHostConfigCacheLength) return caches;
            run.Note($"The host's caches of configuration space are left behind: they have {caches.Length} bytes, and {PreservationRequest.MaxHostConfigCacheLength} can be carried over.");
            return default;
        }
        catch (Exception failure) when (failure is ConfigCacheStoreException or LinuxException)
        {
            run.Note($"The host's caches of configuration space are left behind. {failure.Message}");
            return default;
        }
    }

    /// <summary>Puts what came over beside what this kernel's processes have cached already.</summary>
    internal static void Write(ReadOnlyMemory<byte> arrived, string session, CommandRun run)
    {
        if (arrived.IsEmpty)
            return;
        try
        {
            ConfigCacheStore.Parse(arrived.Span, $"session {session}").Save();
        }
        catch (Exception failure) when (failure is ConfigCacheStoreException or LinuxException or IOException)
        {
            run.Note($"The host's caches of configuration space that came over are dropped. {failure.Message}");
        }
    }
}
