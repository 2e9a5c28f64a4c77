using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Pci;

/// <summary>Registers of which the cache knows what a write makes of them, once each bit was tried: what it says against what VFIO says.</summary>
internal static class ForeseenWrites
{
    private const int Writes = 300;
    private const byte InitiateFlr = 0x80;

    /// <summary>Writes what it likes into a device that is open and not in use, then resets it.</summary>
    /// <param name="device">The device.</param>
    internal static void Check(VfioDevice device)
    {
        var cache = device.CachedConfigSpace;
        var control = PciCapabilities.Read(device.ConfigSpace).Find<PciExpressCapability>()!.Offset + PciRegs.PCI_EXP_DEVCTL;
        int[] registers =
        [
            PciRegs.PCI_COMMAND, PciRegs.PCI_BASE_ADDRESS_0, PciRegs.PCI_BASE_ADDRESS_1, PciRegs.PCI_BASE_ADDRESS_2, PciRegs.PCI_BASE_ADDRESS_5, PciRegs.PCI_ROM_ADDRESS,
            PciRegs.PCI_INTERRUPT_LINE, control,
        ];
        var random = new Random(1);
        var bytes = new byte[sizeof(uint)];
        var asked = 0L;
        for (var i = 0; i < Writes; i++)
        {
            var register = registers[random.Next(registers.Length)];
            var isShort = register is PciRegs.PCI_COMMAND or PciRegs.PCI_INTERRUPT_LINE || register == control;
            var width = isShort ? random.Next(1, 3) : 1 << random.Next(3);
            var at = isShort ? register : register + (random.Next(sizeof(uint) / width) * width);
            random.NextBytes(bytes);
            if (random.Next(3) == 0) bytes.AsSpan().Fill(0xFF);
            if (register == control) bytes[1] &= unchecked((byte)~InitiateFlr);
            cache.Write(at, bytes.AsSpan(0, width));

            var before = cache.DwordsRead;
            var dword = at / sizeof(uint) * sizeof(uint);
            Assert.Equal(device.ConfigSpace.ReadUInt32(dword) & Mask(dword), cache.ReadUInt32(dword) & Mask(dword));
            asked += cache.DwordsRead - before;
        }

        Assert.Empty(cache.Verify());
        Assert.True(asked < Writes, $"{asked} of {Writes}");
        device.Reset();

        // Status changes by itself.
        uint Mask(int dword) => dword == PciRegs.PCI_COMMAND || dword == control ? 0xFFFFu : uint.MaxValue;
    }
}
