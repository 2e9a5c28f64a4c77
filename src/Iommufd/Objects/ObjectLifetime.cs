using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>
/// Who holds an object, and when it goes. The kernel counts users and refuses to destroy an object that has any; this is the same graph
/// with names, for the objects of this process: an object that its owner gave up while it was held is destroyed when the last
/// holder is gone, and holds its own parents until then. Holders may come and go on several threads; the object itself is for one owner.
/// </summary>
internal sealed class ObjectLifetime
{
    private readonly object _name;
    private readonly Func<Errno> _destroy;
    private readonly ObjectLifetime[] _parents;
    private readonly Lock _gate = new();
    private readonly List<ObjectLifetime> _holders = [];
    private bool _destroyWhenFree;

    /// <summary>Starts to stand for an object that exists.</summary>
    /// <param name="name">Its ToString() names the object for others.</param>
    /// <param name="destroy">Destroys it in the kernel.</param>
    /// <param name="parents">What it holds from now on.</param>
    internal ObjectLifetime(object name, Func<Errno> destroy, params ReadOnlySpan<ObjectLifetime> parents)
    {
        _name = name;
        _destroy = destroy;
        _parents = parents.ToArray();
        foreach (var parent in _parents) parent.Add(this);
    }

    /// <summary>Whether it was destroyed, given up or left.</summary>
    internal bool HasEnded { get; private set; }

    internal bool IsHeld
    {
        get
        {
            lock (_gate) return _holders.Count > 0;
        }
    }

    internal string[] Holders
    {
        get
        {
            lock (_gate) return [.. _holders.Select(holder => holder._name.ToString()!)];
        }
    }

    /// <summary>Destroys it now.</summary>
    /// <returns><see cref="Errno.None"/>; or why it is as it was before.</returns>
    internal Errno Destroy()
    {
        var errno = _destroy();
        if (errno == Errno.None) Finish();
        return errno;
    }

    /// <summary>Destroys it now or, where it is held, when the last holder in this process is gone.</summary>
    /// <returns><see cref="Errno.None"/>; <see cref="Errno.EBUSY"/> if it is for later; or why it is as it was before.</returns>
    internal Errno GiveUp()
    {
        var errno = Destroy();
        if (errno != Errno.EBUSY) return errno;
        lock (_gate)
        {
            HasEnded = _destroyWhenFree = true;
        }

        return errno;
    }

    /// <summary>Leaves it in the kernel, to another owner.</summary>
    internal void Leave() => Finish();

    private void Finish()
    {
        HasEnded = true;
        _destroyWhenFree = false;
        foreach (var parent in _parents) parent.Release(this);
    }

    private void Add(ObjectLifetime holder)
    {
        lock (_gate) _holders.Add(holder);
    }

    private void Release(ObjectLifetime holder)
    {
        lock (_gate)
        {
            if (!_holders.Remove(holder) || _holders.Count > 0 || !_destroyWhenFree) return;
        }

        // Outside: it releases parents of its own. A refusal now means a holder that is not of this process: the kernel frees the object
        // with the iommufd.
        Destroy();
    }
}
