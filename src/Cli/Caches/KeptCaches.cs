using Devices.Linux;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>A store of caches beside the functions that there are now.</summary>
internal sealed class KeptCaches
{
    private const string NotOpened = "it is VFIO's view: the device would have to be opened, which resets it";

    private readonly ConfigCacheStore _store;
    private readonly string _path;
    private readonly Dictionary<PciAddress, PciFunction> _functions;

    private KeptCaches(ConfigCacheStore store, string path, IReadOnlyList<StoredConfigCache> chosen, IReadOnlyList<PciFunction> functions)
    {
        _store = store;
        _path = path;
        Chosen = chosen;
        _functions = functions.ToDictionary(static function => function.Address);
    }

    /// <summary>What is kept of the functions that were asked for.</summary>
    internal IReadOnlyList<StoredConfigCache> Chosen { get; }

    /// <summary>Reads a store.</summary>
    /// <exception cref="UserException">Nothing is kept of a function that is named.</exception>
    internal static KeptCaches Load(CliHost host, string path, PciAddress[] addresses)
    {
        var store = ConfigCacheStore.Load(path);
        foreach (var address in addresses)
        {
            if (!store.Entries.Any(entry => entry.Address == address))
                throw new UserException($"Nothing is kept of {address} in {path}; of a VF, with its PF.");
        }

        return new KeptCaches(store, path, [.. store.Entries.Where(entry => addresses.Length == 0 || addresses.Contains(entry.Address))], host.Enumerate());
    }

    /// <summary>Says what one is and whether it would be used. Reads no register.</summary>
    internal KeptCacheDetail Describe(StoredConfigCache entry)
    {
        string? refusal;
        int? registers = null;
        int? vfs = null;
        if (entry.View == ConfigSpaceView.Vfio)
        {
            refusal = _functions.ContainsKey(entry.Address) ? null : "there is no such function now";
        }
        else if (entry.Kind == ConfigCacheKind.VirtualFunctions)
        {
            using var caches = TryRestoreVfs(entry, out var physical, out refusal);
            vfs = physical?.VirtualFunctions.Count;
        }
        else
        {
            using var space = TryRestore(entry, out var cache, out refusal);
            registers = cache is null ? 0 : Enumerable.Range(0, cache.Length).Count(cache.IsCached);
        }

        return new KeptCacheDetail(entry.Address.ToString(), NameOf(entry.Kind), ViewName.Of(entry.View), entry.Record.Length, entry.Boot == BootId.Current, registers, vfs, refusal);
    }

    /// <summary>Compares with the devices. What differs, and what is of another device, is dropped, and with it what else is kept of the function.</summary>
    internal IReadOnlyList<VerifiedCache> Verify()
    {
        var results = Chosen.Select(entry => (Entry: entry, Result: Compare(entry))).ToList();
        foreach (var (entry, result) in results)
        {
            if (result.Differences.Count > 0 || (result.Refusal is not null && entry.View != ConfigSpaceView.Vfio))
                _store.Remove(entry.Address);
        }

        _store.Save(_path);
        return [.. results.Select(compared => compared.Result with { Dropped = !_store.Entries.Any(kept => (kept.Address, kept.Kind, kept.View) == (compared.Entry.Address, compared.Entry.Kind, compared.Entry.View)) })];
    }

    private static string NameOf(ConfigCacheKind kind) => kind == ConfigCacheKind.Function ? "function" : "vfs";

    private VerifiedCache Compare(StoredConfigCache entry) => entry switch
    {
        { View: ConfigSpaceView.Vfio } => Result(entry, 0, [], NotOpened, []),
        { Kind: ConfigCacheKind.VirtualFunctions } => CompareVfs(entry),
        _ => CompareFunction(entry),
    };

    private VerifiedCache CompareFunction(StoredConfigCache entry)
    {
        using var space = TryRestore(entry, out var cache, out var refusal);
        return cache is null
            ? Result(entry, 0, [], refusal, [])
            : Result(entry, 1, [], null, [.. cache.Verify().Select(difference => CacheDifference.Of(entry.Address, difference))]);
    }

    private VerifiedCache CompareVfs(StoredConfigCache entry)
    {
        using var caches = TryRestoreVfs(entry, out var physical, out var refusal);
        if (caches is null || physical is null)
            return Result(entry, 0, [], refusal, []);
        var vfs = physical.Sriov!.OpenVfs();
        var apart = new List<string>();
        var differences = new List<CacheDifference>();
        foreach (var vf in vfs)
        {
            using var space = vf.OpenConfigSpace();
            var cache = caches.Add(space);

            // Asks for the layout: here it is seen whether the VF shares it.
            if (cache.Policy is null || !cache.SharesConstants)
                apart.Add(vf.Address.ToString());
            else
                differences.AddRange(cache.Verify().Select(difference => CacheDifference.Of(vf.Address, difference)));
            caches.Remove(cache);
        }

        return Result(entry, vfs.Count, apart, null, differences);
    }

    private SysfsConfigSpace? TryRestore(StoredConfigCache entry, out CachedConfigSpace? cache, out string? refusal)
    {
        cache = null;
        if (!TryFind(entry, out var function, out refusal))
            return null;
        var space = function.OpenConfigSpace();
        var restored = new CachedConfigSpace(space);
        if (_store.TryRestore(function, ConfigIdentity.Of(function), restored, out refusal))
            cache = restored;
        return space;
    }

    private VfConfigCaches? TryRestoreVfs(StoredConfigCache entry, out PciFunction? physical, out string? refusal)
    {
        physical = null;
        if (!TryFind(entry, out var function, out refusal))
            return null;
        if (function.Sriov is null)
        {
            refusal = "it has no VFs now";
            return null;
        }

        physical = function;
        var caches = new VfConfigCaches(entry.View);
        if (_store.TryRestore(function, ConfigIdentity.OfVfs(function), caches, ConfigSpaceOwnership.Shared, out refusal))
            return caches;
        caches.Dispose();
        return null;
    }

    private bool TryFind(StoredConfigCache entry, out PciFunction function, out string? refusal)
    {
        refusal = null;
        if (!_functions.TryGetValue(entry.Address, out function!))
            refusal = "there is no such function now";
        else if (function.IsVirtualFunction)
            refusal = "it is a VF now";
        return refusal is null;
    }

    private static VerifiedCache Result(StoredConfigCache entry, int compared, IReadOnlyList<string> apart, string? refusal, IReadOnlyList<CacheDifference> differences) =>
        new(entry.Address.ToString(), NameOf(entry.Kind), ViewName.Of(entry.View), compared, apart, refusal, Dropped: false, differences);
}
