namespace Devices.Pci;

/// <summary>
/// The caches of the VFs of one PF. They share layout and constants, which are read of one VF; of each further VF one dword is read and compared before
/// it shares them. One that differs keeps everything itself.
/// </summary>
/// <remarks>
/// <para>The dword compared is MSI-X Message Control with the capability's id and next pointer, or the first capability's header if there is no MSI-X, or
/// class and revision without capabilities.</para>
/// <para>A write of the PF's SR-IOV registers through its cache, or a reset of the PF told to it, ends what is shared and all that is cached of
/// the VFs; VFs that are enabled, disabled or moved through sysfs are told by <see cref="Invalidate"/>.</para>
/// </remarks>
public sealed class VfConfigCaches : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<CachedConfigSpace> _members = [];
    private readonly CachedConfigSpace? _physicalFunction;
    private VfTemplate? _template;

    /// <summary>The caches of a PF's VFs, none yet.</summary>
    /// <param name="view">The view of all of them.</param>
    /// <param name="physicalFunction">The PF's cache, of any view, whose writes and resets end what the VFs have; null if there is none.</param>
    /// <exception cref="ArgumentException">The view is the logical one.</exception>
    public VfConfigCaches(ConfigSpaceView view, CachedConfigSpace? physicalFunction = null)
    {
        if (view == ConfigSpaceView.Logical)
            throw new ArgumentException("A cache is over the raw or VFIO's view of a function", nameof(view));
        View = view;
        _physicalFunction = physicalFunction;
        if (physicalFunction is not null)
            physicalFunction.Affected += OnPhysicalFunction;
    }

    /// <summary>The view of all of them.</summary>
    public ConfigSpaceView View { get; }

    /// <summary>How many VFs there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _members.Count;
        }
    }

    /// <summary>Caches a VF. Nothing is read yet.</summary>
    /// <param name="space">Its configuration space; it stays the caller's.</param>
    /// <param name="ownership">Who else writes its registers.</param>
    /// <returns>The cache.</returns>
    /// <exception cref="ArgumentException">The space is of another view, or a cache itself.</exception>
    public CachedConfigSpace Add(IPciConfigSpace space, ConfigSpaceOwnership ownership = ConfigSpaceOwnership.Shared)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (space.View != View)
            throw new ArgumentException($"{space.Subject}: its view is {space.View}, that of the other VFs {View}", nameof(space));
        var cache = new CachedConfigSpace(space, ownership, this);
        lock (_lock)
            _members.Add(cache);
        return cache;
    }

    /// <summary>Leaves a VF's cache to itself: what becomes of the PF is no longer told to it.</summary>
    /// <param name="cache">The cache.</param>
    /// <returns>Whether it was one of these.</returns>
    public bool Remove(CachedConfigSpace cache)
    {
        lock (_lock)
            return _members.Remove(cache);
    }

    /// <summary>Forgets what is shared and all that is cached of the VFs: the PF was reset, or its VFs disabled, enabled or moved.</summary>
    public void Invalidate()
    {
        lock (_lock)
        {
            // First: what a VF takes from now on is of a template made later.
            _template = null;
            foreach (var member in _members)
                member.Invalidate(ConfigSpaceEvent.PhysicalFunctionChanged);
        }
    }

    /// <summary>Stops listening to the PF's cache.</summary>
    public void Dispose()
    {
        if (_physicalFunction is not null)
            _physicalFunction.Affected -= OnPhysicalFunction;
    }

    internal VfTemplate? Template => Volatile.Read(ref _template);

    /// <summary>Takes what was shared before a kexec, if no VF was read yet.</summary>
    internal bool TryAdopt(VfTemplate template)
    {
        lock (_lock)
        {
            if (_template is not null)
                return false;
            _template = template;
            return true;
        }
    }

    /// <summary>The state of a VF whose layout is asked for; null if it does not answer.</summary>
    internal CacheState? Attach(CachedConfigSpace cache)
    {
        var template = Volatile.Read(ref _template);
        if (template is null || template.Policy.Ownership != cache.Ownership)
        {
            lock (_lock)
            {
                if (_template is null)
                {
                    // Under the lock, so that an invalidation comes before all that is read here or after it.
                    if (cache.Walk() is not { } walked)
                        return null;
                    _template = new VfTemplate(walked.Policy);
                    return _template.First();
                }

                template = _template;
            }
        }

        if (template.Policy.Ownership != cache.Ownership)
            return cache.Walk();
        var state = template.TryApply(cache.Space, out var differs);
        cache.CountDwords(1);
        return differs ? cache.Walk() : state;
    }

    private void OnPhysicalFunction(object? sender, ConfigSpaceEffectEventArgs what)
    {
        if (what.Effect is ConfigSpaceEffect.VirtualFunctionsChanged or ConfigSpaceEffect.FunctionReset or ConfigSpaceEffect.Unknown)
            Invalidate();
    }
}
