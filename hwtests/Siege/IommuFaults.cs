using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;

namespace Devices.HwTests.Siege;

/// <summary>Counts what the IOMMU kept devices from: DMA to where nothing is mapped. By a kprobe on the kernel's handler of the IOMMU's fault interrupt.</summary>
internal sealed class IommuFaults : IDisposable
{
    private const string Handler = "dmar_fault";
    private const uint DmaSource = 0x80;
    private const uint DmaDestination = 0x88;
    private const uint DmaCount = 0x90;
    private const uint DmaCommand = 0x98;
    private const uint RunFromMemory = 1;
    private const uint Buffer = 0x40000;
    private const uint Nowhere = 0x0700_0000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly KernelCalls _calls = new(Handler, "devkeep_iommu_faults");

    /// <summary>How many there were.</summary>
    internal long Count => _calls.Count;

    /// <summary>Has edu do DMA to where nothing is mapped, so that it is known that a fault is seen.</summary>
    /// <returns>How many were seen of it.</returns>
    internal long Provoke()
    {
        using var edu = BoundDevice.Edu();
        var before = Count;
        edu.Device.Attach(edu.Context.CreateIoas());
        var command = (PciCommand)edu.Device.ConfigSpace.ReadUInt16(PciRegs.PCI_COMMAND);
        edu.Device.ConfigSpace.WriteUInt16(PciRegs.PCI_COMMAND, (ushort)(command | PciCommand.BusMaster | PciCommand.MemorySpace));
        using var registers = edu.Device.Bars[0].Map();
        registers.WriteUInt32(DmaSource, Nowhere);
        registers.WriteUInt32(DmaDestination, Buffer);
        registers.WriteUInt32(DmaCount, 4);
        registers.WriteUInt32(DmaCommand, RunFromMemory);
        _ = SpinWait.SpinUntil(() => Count > before, s_patience);
        return Count - before;
    }

    public void Dispose() => _calls.Dispose();
}
