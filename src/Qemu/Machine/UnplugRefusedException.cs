namespace Devices.Qemu;

/// <summary>A guest refused to let go of a device: it stays plugged in.</summary>
public sealed class UnplugRefusedException : Exception
{
    internal UnplugRefusedException(string id)
        : base($"The guest refused to let go of device '{id}' (DEVICE_UNPLUG_GUEST_ERROR): it is in use there, and stays plugged in.")
    {
    }
}
