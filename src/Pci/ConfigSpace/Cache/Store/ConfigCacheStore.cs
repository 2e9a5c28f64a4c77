using Devices.Linux;

namespace Devices.Pci;

/// <summary>
/// What is constant of many functions, for other processes and later ones: a file on a file system that ends with the boot, or bytes that are carried over a kexec.
/// What is taken back is checked first, as <see cref="ConfigCacheRecord"/> says.
/// </summary>
/// <remarks>
/// <para>By address, kind and view. While the kernel runs in which a cache was saved, it is taken back only for the same device: one that was
/// removed and found again may have other firmware. After a kexec the identity alone decides.</para>
/// <para>The file is replaced as a whole, and each process puts into it what it has changed itself: several lose nothing of each other's, and a reader never
/// sees half of it. For one thread.</para>
/// </remarks>
public sealed class ConfigCacheStore
{
    /// <summary>Where the toolkit's processes keep theirs.</summary>
    public const string DefaultPath = "/run/devkeep/config-cache";

    private const string LockSuffix = ".lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SortedDictionary<(PciAddress Address, ConfigCacheKind Kind, ConfigSpaceView View), StoredConfigCache> _entries = [];

    // What Save has to do to the file: null removes.
    private readonly Dictionary<(PciAddress Address, ConfigCacheKind Kind, ConfigSpaceView View), StoredConfigCache?> _changes = [];
    private readonly Lazy<Guid> _boot;
    private bool _wasCleared;
    private bool _discardsDamaged;

    /// <summary>An empty store.</summary>
    public ConfigCacheStore()
        : this(static () => BootId.Current)
    {
    }

    internal ConfigCacheStore(Func<Guid> boot) => _boot = new(boot);

    /// <summary>What is in it, in order of address.</summary>
    public IReadOnlyCollection<StoredConfigCache> Entries => _entries.Values;

    /// <summary>Whether <see cref="Save"/> has something to write.</summary>
    public bool IsChanged => _wasCleared || _changes.Count > 0;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; an empty store if there is none.</param>
    /// <param name="discardDamaged">Whether a file that cannot be used counts as empty, and is replaced by <see cref="Save"/>.</param>
    /// <returns>The store.</returns>
    /// <exception cref="ConfigCacheStoreException">The file is damaged or another release's.</exception>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    public static ConfigCacheStore Load(string path = DefaultPath, bool discardDamaged = false)
    {
        var store = new ConfigCacheStore { _discardsDamaged = discardDamaged };
        foreach (var entry in ReadFile(path, discardDamaged))
            store._entries[entry.Key] = entry;
        return store;
    }

    /// <summary>Reads bytes that <see cref="ToBytes"/> made, in this kernel or an earlier one. <see cref="Save"/> puts all of it into the file.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="subject">Where they are from, for messages.</param>
    /// <returns>The store.</returns>
    /// <exception cref="ConfigCacheStoreException">They are damaged or another release's.</exception>
    public static ConfigCacheStore Parse(ReadOnlySpan<byte> bytes, string subject)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        var store = new ConfigCacheStore();
        foreach (var entry in ConfigCacheStoreFormat.Read(bytes, subject))
            store.Put(entry);
        return store;
    }

    /// <summary>The store as bytes that mean the same anywhere: the content of its file.</summary>
    /// <returns>The bytes.</returns>
    public byte[] ToBytes() => ConfigCacheStoreFormat.Write(_entries.Values);

    /// <summary>Takes what is saved of a function into its cache, which has read nothing yet. Reads nothing from the device.</summary>
    /// <param name="function">The function.</param>
    /// <param name="found">What it is now (<see cref="ConfigIdentity.Of"/>).</param>
    /// <param name="cache">Its cache.</param>
    /// <param name="refusal">Why nothing was taken, or null.</param>
    /// <returns>Whether it was.</returns>
    public bool TryRestore(PciFunction function, ConfigIdentity found, CachedConfigSpace cache, out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(cache);
        if (!TryFind(function, ConfigCacheKind.Function, cache.View, out var entry, out refusal)
            || !ConfigCacheRecord.TryRestore(entry!.Record.Span, cache, found, out refusal))
            return false;
        if (entry.SerialNumber is { } serial && entry.Boot == _boot.Value)
            cache.SeedSerialNumber(serial);
        return true;
    }

    /// <summary>Takes what is saved of a PF's VFs, where no VF was read yet. Of each VF one dword will be read and compared.</summary>
    /// <param name="physicalFunction">The PF.</param>
    /// <param name="found">What it and its VFs are now (<see cref="ConfigIdentity.OfVfs"/>).</param>
    /// <param name="caches">The VFs' caches.</param>
    /// <param name="ownership">Who else writes the VFs' registers.</param>
    /// <param name="refusal">Why nothing was taken, or null.</param>
    /// <returns>Whether it was.</returns>
    public bool TryRestore(PciFunction physicalFunction, ConfigIdentity found, VfConfigCaches caches, ConfigSpaceOwnership ownership, out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(caches);
        return TryFind(physicalFunction, ConfigCacheKind.VirtualFunctions, caches.View, out var entry, out refusal)
            && ConfigCacheRecord.TryRestore(entry!.Record.Span, caches, ownership, found, out refusal);
    }

    /// <summary>Saves what is constant of a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="identity">What it is.</param>
    /// <param name="cache">Its cache.</param>
    /// <returns>False if nothing is cached; what was saved of it before is left.</returns>
    public bool Keep(PciFunction function, ConfigIdentity identity, CachedConfigSpace cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        var record = new System.Buffers.ArrayBufferWriter<byte>();
        return ConfigCacheRecord.Write(record, cache, identity) && Keep(function, ConfigCacheKind.Function, cache.View, cache.CachedSerialNumber, record.WrittenSpan);
    }

    /// <summary>Saves what a PF's VFs have in common.</summary>
    /// <param name="physicalFunction">The PF.</param>
    /// <param name="identity">What it and its VFs are.</param>
    /// <param name="caches">The VFs' caches.</param>
    /// <returns>False if no VF was read yet; what was saved of them before is left.</returns>
    public bool Keep(PciFunction physicalFunction, ConfigIdentity identity, VfConfigCaches caches)
    {
        ArgumentNullException.ThrowIfNull(caches);
        var record = new System.Buffers.ArrayBufferWriter<byte>();
        return ConfigCacheRecord.Write(record, caches, identity) && Keep(physicalFunction, ConfigCacheKind.VirtualFunctions, caches.View, null, record.WrittenSpan);
    }

    /// <summary>Forgets what is saved of a function, and of its VFs, in all views.</summary>
    /// <param name="address">The function.</param>
    /// <returns>Whether there was anything.</returns>
    public bool Remove(PciAddress address)
    {
        var found = _entries.Keys.Where(key => key.Address == address).ToList();
        foreach (var key in found)
        {
            _entries.Remove(key);
            _changes[key] = null;
        }

        return found.Count > 0;
    }

    /// <summary>Forgets everything; with the next <see cref="Save"/> also what others have put into the file meanwhile.</summary>
    public void Clear()
    {
        _entries.Clear();
        _changes.Clear();
        _wasCleared = true;
    }

    /// <summary>
    /// Puts what was changed here into the file, beside what others have put there meanwhile; of the same cache, the last one counts. Then this store is as the file
    /// is. Writes nothing if nothing was changed.
    /// </summary>
    /// <param name="path">The file. Its directory is made, for its owner alone, if it is not there.</param>
    /// <exception cref="ConfigCacheStoreException">The file has become damaged, and was not to be discarded.</exception>
    /// <exception cref="LinuxException">The file cannot be locked or read.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path = DefaultPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!IsChanged)
            return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        using (FileLock.Acquire(path + LockSuffix))
        {
            var merged = (_wasCleared ? [] : ReadFile(path, _discardsDamaged)).ToDictionary(static entry => entry.Key);
            foreach (var (key, entry) in _changes)
            {
                if (entry is null)
                    merged.Remove(key);
                else
                    merged[key] = entry;
            }

            Replace(path, ConfigCacheStoreFormat.Write(merged.Values.OrderBy(static entry => entry.Key)));
            _entries.Clear();
            foreach (var (key, entry) in merged)
                _entries[key] = entry;
        }

        _changes.Clear();
        _wasCleared = false;
    }

    // Only who has the lock writes the file beside: what one that was killed has left of it is overwritten.
    private static void Replace(string path, byte[] bytes)
    {
        var beside = path + ".new";
        File.Delete(beside);
        using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            file.Write(bytes);
        File.Move(beside, path, overwrite: true);
    }

    private static IReadOnlyList<StoredConfigCache> ReadFile(string path, bool discardDamaged)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = FileDescriptor.TryOpen(path, OpenMode.ReadOnly, out var errno);
        if (file is null)
            return errno is Errno.ENOENT or Errno.ENOTDIR ? [] : throw new LinuxException(errno, "open", path);
        try
        {
            var length = file.Length;
            if (length > ConfigCacheStoreFormat.MostBytes)
                throw new ConfigCacheStoreException(path, $"it has {length} bytes, and a store has {ConfigCacheStoreFormat.MostBytes} at most");
            var bytes = new byte[length];
            file.ReadExactlyAt(bytes, 0);
            return ConfigCacheStoreFormat.Read(bytes, path);
        }
        catch (ConfigCacheStoreException) when (discardDamaged)
        {
            return [];
        }
    }

    private bool TryFind(PciFunction function, ConfigCacheKind kind, ConfigSpaceView view, out StoredConfigCache? entry, out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(function);
        refusal = null;
        if (!_entries.TryGetValue((function.Address, kind, view), out entry))
            refusal = "nothing is saved of it";
        else if (entry.Boot == _boot.Value && entry.Device != KernelFile.InodeOf(function.SysfsPath))
            refusal = "it was removed and found again since";
        return refusal is null;
    }

    private bool Keep(PciFunction function, ConfigCacheKind kind, ConfigSpaceView view, ulong? serialNumber, ReadOnlySpan<byte> record)
    {
        ArgumentNullException.ThrowIfNull(function);
        Put(new StoredConfigCache(function.Address, kind, view, _boot.Value, KernelFile.InodeOf(function.SysfsPath), serialNumber, record.ToArray()));
        return true;
    }

    private void Put(StoredConfigCache entry)
    {
        if (_entries.TryGetValue(entry.Key, out var before) && before.IsAs(entry))
            return;
        _entries[entry.Key] = entry;
        _changes[entry.Key] = entry;
    }
}
