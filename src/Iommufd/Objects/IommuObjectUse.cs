using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>The use of an <see cref="IommuObject"/> by something that is no such object, as a device that is attached to it.</summary>
public sealed class IommuObjectUse : IDisposable
{
    private readonly ObjectLifetime _lifetime;

    internal IommuObjectUse(string holder, ObjectLifetime held) => _lifetime = new ObjectLifetime(holder, () => Errno.None, held);

    /// <summary>Says that the use has ended, in the kernel too.</summary>
    public void Dispose()
    {
        if (!_lifetime.HasEnded) _lifetime.Leave();
    }
}
