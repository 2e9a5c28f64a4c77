using Devices.Pci;

namespace Devices.Drivers;

/// <summary>An NVMe controller completed a command with a failure. The queue goes on.</summary>
public sealed class NvmeStatusException : DeviceException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="device">The controller.</param>
    /// <param name="queue">The queue's id; 0 is the admin queue.</param>
    /// <param name="command">The command, with its operands: "Read of 8 blocks at LBA 4096".</param>
    /// <param name="status">What the controller answered.</param>
    public NvmeStatusException(PciAddress device, int queue, string command, NvmeStatus status)
        : base(device, $"{command} on queue {queue} failed: {status}")
    {
        Queue = queue;
        Status = status;
    }

    /// <summary>The queue's id; 0 is the admin queue.</summary>
    public int Queue { get; }

    /// <summary>What the controller answered.</summary>
    public NvmeStatus Status { get; }
}
