using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>
/// An object of an iommufd. It owns its id: destroyed by <see cref="Destroy"/> or <see cref="Dispose"/>, or left to another process
/// that holds the same iommufd by <see cref="Leave"/>. For one owner, with all that is made from it; but devices may be attached to it,
/// and closed, on several threads at once.
/// </summary>
public abstract class IommuObject : IDisposable
{
    private readonly ObjectLifetime _lifetime;
    private readonly bool _owned;

    private protected IommuObject(IommuContext context, uint id, bool owned, params ReadOnlySpan<IommuObject> parents)
    {
        Context = context;
        Id = id;
        _owned = owned;
        var lifetimes = new ObjectLifetime[parents.Length];
        for (var i = 0; i < parents.Length; i++) lifetimes[i] = parents[i]._lifetime;
        _lifetime = new ObjectLifetime(this, TryDestroy, lifetimes);
        context.Add(this);
    }

    /// <summary>The context that it belongs to.</summary>
    public IommuContext Context { get; }

    /// <summary>Its id in the iommufd.</summary>
    public uint Id { get; }

    /// <summary>
    /// What in this process keeps it from being destroyed: objects made from it, devices attached to it, mappings of it. What other
    /// processes made on the same iommufd is not among them.
    /// </summary>
    public IReadOnlyList<string> Holders => _lifetime.Holders;

    private protected bool HasEnded => _lifetime.HasEnded;

    private protected bool IsHeld => _lifetime.IsHeld;

    /// <summary>What kind of object it is, for errors.</summary>
    private protected abstract string Kind { get; }

    /// <summary>Says that something holds the object in the kernel: it is named when the object cannot be destroyed.</summary>
    /// <param name="holder">What to call the holder: a device's address.</param>
    /// <returns>Disposed when the holder has let go; an object given up meanwhile is destroyed then.</returns>
    /// <exception cref="ObjectDisposedException">The object was destroyed, disposed or left.</exception>
    public IommuObjectUse Hold(string holder)
    {
        ArgumentException.ThrowIfNullOrEmpty(holder);
        ThrowIfEnded();
        return new IommuObjectUse(holder, _lifetime);
    }

    /// <summary>Destroys the object; nothing that came from it can be used any more.</summary>
    /// <remarks><c>IOMMU_DESTROY</c>.</remarks>
    /// <exception cref="IommuObjectInUseException">EBUSY: it is held, by what <see cref="Holders"/> says. Nothing was changed.</exception>
    /// <exception cref="LinuxException">ENOENT: another process destroyed it.</exception>
    public void Destroy()
    {
        ThrowIfEnded();
        var errno = _lifetime.Destroy();
        if (errno == Errno.EBUSY) throw new IommuObjectInUseException(ToString(), _lifetime.Holders);
        if (errno != Errno.None) throw Failure(errno, iommu_destroy.Name);
        End(destroyed: true);
    }

    /// <summary>Gives up this object and leaves it in the kernel as it is, for another process that holds the same iommufd.</summary>
    public void Leave()
    {
        if (_lifetime.HasEnded) return;
        _lifetime.Leave();
        End(destroyed: false);
    }

    /// <summary>
    /// Destroys the object if this process made it; as <see cref="Leave"/> if it was adopted. One that is still held is destroyed when
    /// the last of its <see cref="Holders"/> is gone, so that objects may be disposed in any order; where another process holds
    /// it, it lives until the last holder of the iommufd closes. <see cref="Destroy"/> throws instead.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refuses for another reason.</exception>
    public void Dispose()
    {
        if (_owned) GiveUp();
        else Leave();
        GC.SuppressFinalize(this);
    }

    /// <summary>What kind it is, and its id.</summary>
    public override string ToString() => $"{Kind} {Id}";

    /// <summary>Whether the kernel destroys it by itself when its device is closed.</summary>
    private protected virtual bool VanishesWithItsDevice => false;

    /// <summary>Destroys it in the kernel.</summary>
    private protected virtual unsafe Errno TryDestroy()
    {
        // Of a closed context nothing is left to destroy here: the kernel does it when the iommufd's last holder closes.
        if (Context.Fd.IsClosed) return Errno.None;
        var destroy = new iommu_destroy { size = (uint)sizeof(iommu_destroy), id = Id };
        return Ioctl.Try(Context.Fd, ref destroy);
    }

    /// <summary>Called once, when this object ends; in the kernel it may live on.</summary>
    /// <param name="destroyed">Whether it is gone from the kernel too.</param>
    private protected virtual void OnEnd(bool destroyed)
    {
    }

    private protected void ThrowIfEnded() => ObjectDisposedException.ThrowIf(_lifetime.HasEnded, this);

    private protected LinuxException Failure(Errno errno, string call) => IommufdIoctl.Failure(errno, call, ToString());

    private protected static void CheckSameContext(IommuObject mine, IommuObject other, string parameter)
    {
        // An id is meaningless in another iommufd: there it could name somebody else's object.
        if (!ReferenceEquals(mine.Context, other.Context))
            throw new ArgumentException($"{other} belongs to another context than {mine}.", parameter);
        other.ThrowIfEnded();
    }

    private void GiveUp()
    {
        if (_lifetime.HasEnded) return;
        var errno = _lifetime.GiveUp();
        if (errno == Errno.ENOENT && VanishesWithItsDevice) Leave();
        else if (errno is Errno.None or Errno.EBUSY) End(destroyed: errno == Errno.None);
        else throw Failure(errno, iommu_destroy.Name);
    }

    private void End(bool destroyed)
    {
        OnEnd(destroyed);
        Context.Forget(this);
    }
}
