namespace Devices.Linux;

/// <summary>An interface of the kernel and the Linux that brought it.</summary>
/// <param name="Name">Its name in the kernel's header, e.g. <c>IOMMU_IOAS_MAP_FILE</c>; of a device file, its path.</param>
/// <param name="Since">The first Linux of kernel.org that has it, e.g. 6.13.</param>
public sealed record KernelInterface(string Name, Version Since)
{
    /// <summary>The request number, where it is an ioctl with a struct of its own.</summary>
    internal uint? Request { get; init; }

    /// <summary>An interface by its name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="since">Two numbers with a point between them.</param>
    public static KernelInterface Named(string name, string since) => new(name, Version.Parse(since));

    /// <summary>The ioctl that <typeparamref name="T"/> stands for.</summary>
    /// <typeparam name="T">Its argument struct.</typeparam>
    /// <param name="since">Two numbers with a point between them.</param>
    public static KernelInterface Call<T>(string since)
        where T : unmanaged, IIoctl
        => Named(T.Name, since) with { Request = T.Request };

    /// <summary>
    /// Asks whether the kernel knows the ioctl, for the interfaces that look at the call's number, then at the length in the argument's first
    /// 32 bits, and then at nothing more of a struct that is too short: iommufd does.
    /// </summary>
    /// <param name="fd">A file that takes the call.</param>
    /// <returns>Whether it is known; null where it is no ioctl, or the file answers in neither way.</returns>
    public unsafe bool? IsKnownTo(FileDescriptor fd)
    {
        if (Request is not { } request) return null;
        ulong tooShort = 0;
        return Ioctl.TryValue(fd, request, (nint)(&tooShort), out _) switch
        {
            Errno.EINVAL => true,
            Errno.ENOTTY => false,
            _ => null,
        };
    }
}
