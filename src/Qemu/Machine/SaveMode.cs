namespace Devices.Qemu;

/// <summary>What of a machine is in the state that is saved.</summary>
public enum SaveMode
{
    /// <summary>The guest may run, and is stopped. It has no assigned device, for which QEMU refuses: they are unplugged before and plugged in after.</summary>
    /// <remarks>Mode <c>normal</c>.</remarks>
    Normal,

    /// <summary>
    /// The guest is suspended to RAM, and its assigned devices stay assigned. Nothing of them is in the state: the guest's drivers have put their devices to rest, and initialise them
    /// anew when it wakes up (<see cref="QemuMachine.WakeUp"/>), the same or others of their kind.
    /// </summary>
    /// <remarks>Mode <c>cpr-reboot</c>.</remarks>
    Suspended,
}
