using Devices.Iommufd;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Drivers;

/// <summary>What every driver checks or switches on before it touches a device.</summary>
internal static class DeviceAccess
{
    private const ushort MemorySpaceEnable = 1 << 1;
    private const ushort BusMasterEnable = 1 << 2;

    /// <summary>Lets the device decode its BARs and do DMA: for a driver that initialises it.</summary>
    internal static void Enable(VfioDevice device)
    {
        var command = device.ConfigSpace.ReadUInt16(PciRegs.PCI_COMMAND);
        var enabled = (ushort)(command | MemorySpaceEnable | BusMasterEnable);
        if (enabled != command) device.ConfigSpace.WriteUInt16(PciRegs.PCI_COMMAND, enabled);
    }

    /// <summary>Refuses a device that a restore has not switched on: a driver that continues does not do it itself.</summary>
    internal static void CheckEnabled(VfioDevice device)
    {
        var command = device.ConfigSpace.ReadUInt16(PciRegs.PCI_COMMAND);
        const ushort Needed = MemorySpaceEnable | BusMasterEnable;
        if ((command & Needed) != Needed)
            throw new DeviceMismatchException(device.Address, "Command", Needed, (ulong)(command & Needed), "Memory Space Enable and Bus Master have to be restored before the driver goes on.");
    }

    /// <summary>Refuses memory that the device cannot reach through this attachment: its DMA would end in IOMMU faults.</summary>
    internal static void CheckReachable(DmaAttachment attachment, DmaMemory memory, string parameter)
    {
        if (!attachment.IsAttached) throw new ArgumentException($"{attachment.Device.Address} is not attached any more.", nameof(attachment));
        CheckSpace(attachment.Mapper, memory, parameter);
        CheckAccess(memory, parameter);
    }

    internal static void CheckAccess(DmaMemory memory, string parameter)
    {
        if (!memory.Mapping.IsMapped || memory.Mapping.Access != DmaAccess.ReadWrite)
            throw new ArgumentException($"The device may not read and write the memory at {memory.Mapping}.", parameter);
    }

    /// <summary>The device's address of a part of memory that it is to read or write, mapped in the address space that it reaches.</summary>
    internal static Iova Window(IDmaMapper reached, DmaMemory memory, ulong offset, int bytes, DmaAccess needed)
    {
        ArgumentNullException.ThrowIfNull(memory);
        CheckSpace(reached, memory, nameof(memory));
        if (offset > memory.Length || (ulong)bytes > memory.Length - offset)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{bytes} bytes at 0x{offset:x} exceed the memory of 0x{memory.Length:x} bytes.");
        if (!memory.Mapping.IsMapped || !memory.Mapping.Access.HasFlag(needed))
            throw new ArgumentException($"The device may not {(needed == DmaAccess.Read ? "read" : "write")} the memory at {memory.Mapping}.", nameof(memory));
        return memory.Iova + offset;
    }

    // The same address of another address space is somebody else's memory here.
    private static void CheckSpace(IDmaMapper reached, DmaMemory memory, string parameter)
    {
        if (!ReferenceEquals(memory.Mapping.Mapper, reached))
            throw new ArgumentException($"The memory at {memory.Mapping} is not mapped in {reached}, which the device is attached to.", parameter);
    }
}
