using Devices.Linux;

namespace Devices.Cli;

/// <summary>An interface of the kernel.</summary>
/// <param name="Part"><c>vfio</c>, <c>iommufd</c> or <c>liveupdate</c>.</param>
/// <param name="Name">Its name in the kernel's header, or a device file.</param>
/// <param name="Since">The Linux that brought it.</param>
/// <param name="Available">Whether the running kernel has it.</param>
/// <param name="Asked">Whether the kernel said so itself; else its release does, which tells nothing of what it was built with.</param>
internal sealed record InterfaceResult(string Part, string Name, string Since, bool Available, bool Asked)
{
    internal static InterfaceResult Answered(string part, KernelInterface about, bool available) =>
        new(part, about.Name, about.Since.ToString(), available, Asked: true);

    internal static InterfaceResult ByRelease(string part, KernelInterface about, KernelRelease running) =>
        new(part, about.Name, about.Since.ToString(), running.Version >= about.Since, Asked: false);
}
