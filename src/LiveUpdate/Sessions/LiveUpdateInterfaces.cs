using Devices.Linux;
using Devices.LiveUpdate.Abi;

namespace Devices.LiveUpdate;

/// <summary>The calls of the Live Update Orchestrator, each with the Linux that brought it.</summary>
/// <remarks>By the changes of include/uapi/linux/liveupdate.h in each release.</remarks>
public static class LiveUpdateInterfaces
{
    /// <summary>All of them, the oldest first.</summary>
    public static KernelInterfaces All { get; } = new(
        KernelInterface.Named(LiveUpdateOrchestrator.DevicePath, "6.19"),
        KernelInterface.Call<liveupdate_ioctl_create_session>("6.19"),
        KernelInterface.Call<liveupdate_ioctl_retrieve_session>("6.19"),
        KernelInterface.Call<liveupdate_session_preserve_fd>("6.19"),
        KernelInterface.Call<liveupdate_session_retrieve_fd>("6.19"),
        KernelInterface.Call<liveupdate_session_finish>("6.19"),
        KernelInterface.Call<liveupdate_session_get_name>("7.2"));
}
