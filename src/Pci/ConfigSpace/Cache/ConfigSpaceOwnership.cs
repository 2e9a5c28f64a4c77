namespace Devices.Pci;

/// <summary>Who else writes the registers of a function.</summary>
public enum ConfigSpaceOwnership
{
    /// <summary>Others too: the kernel, a native driver, tools. Only what no write and no reset changes is kept.</summary>
    Shared,

    /// <summary>
    /// Nobody: all writes go through the cache or are announced to it, and so are resets. A device open through VFIO is such; a tool of root's
    /// that writes sysfs <c>config</c> all the same is not noticed until <see cref="CachedConfigSpace.Verify"/>.
    /// </summary>
    Exclusive,
}
