using System.Buffers.Binary;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.Tests.Preservation;

public sealed class ConfigRestorerTests
{
    private const int Express = 0x80;
    private const int Msix = 0x40;
    private const ushort MemoryAndBusMaster = 0x0006;

    [Fact]
    public void Registers_of_the_toolkit_come_back_and_the_kernels_stay()
    {
        var saved = Function();
        saved.Set16(Express + PciRegs.PCI_EXP_DEVCTL, 0x5957); // read request 4 KiB, payload 512 bytes, relaxed ordering, tags, errors reported
        saved.Set16(Express + PciRegs.PCI_EXP_LNKCTL, 0x0042);
        var now = Function();
        now.Set16(Express + PciRegs.PCI_EXP_DEVCTL, 0x2810); // payload 128 bytes, as the next kernel set it
        now.Set16(Express + PciRegs.PCI_EXP_LNKCTL, 0x0003);
        Restorer(now, saved.Bytes).RestoreRegisters();
        Assert.Equal(0x5957 & ~0xe0, now.ReadUInt16(Express + PciRegs.PCI_EXP_DEVCTL) & ~0xe0);
        Assert.Equal(0, now.ReadUInt16(Express + PciRegs.PCI_EXP_DEVCTL) & 0xe0);
        Assert.Equal(0x0003, now.ReadUInt16(Express + PciRegs.PCI_EXP_LNKCTL));
    }

    [Fact]
    public void A_function_level_reset_is_never_written()
    {
        var saved = Function();
        saved.Set16(Express + PciRegs.PCI_EXP_DEVCTL, 0x8000);
        var now = Function();
        Restorer(now, saved.Bytes).RestoreRegisters();
        Assert.Equal(0, now.ReadUInt16(Express + PciRegs.PCI_EXP_DEVCTL) & 0x8000);
    }

    [Fact]
    public void Bus_Master_comes_last_and_only_if_it_was_set()
    {
        var saved = Function();
        saved.Set16(PciRegs.PCI_COMMAND, MemoryAndBusMaster);
        var now = Function();
        var restorer = Restorer(now, saved.Bytes);
        restorer.RestoreRegisters();
        Assert.Equal(0x0002, now.ReadUInt16(PciRegs.PCI_COMMAND));
        restorer.RestoreBusMaster();
        Assert.Equal(MemoryAndBusMaster, now.ReadUInt16(PciRegs.PCI_COMMAND));

        var without = Function();
        Restorer(without, Function().Bytes).RestoreBusMaster();
        Assert.Equal(0, without.ReadUInt16(PciRegs.PCI_COMMAND));
    }

    [Fact]
    public void A_register_that_has_its_value_is_not_written()
    {
        var now = Function();
        Restorer(now, Function().Bytes).RestoreRegisters();
        Assert.Empty(now.Written);
    }

    [Fact]
    public void MSIX_is_left_to_the_interrupts()
    {
        var saved = Function();
        saved.Set16(Msix + PciRegs.PCI_MSIX_FLAGS, 0x8040);
        var now = Function();
        var restorer = Restorer(now, saved.Bytes);
        restorer.RestoreRegisters();
        Assert.Empty(now.Written);
        Assert.Empty(restorer.Compare());
    }

    [Fact]
    public void A_difference_names_register_saved_and_found()
    {
        var saved = Function();
        saved.Set16(Express + PciRegs.PCI_EXP_DEVCTL2, 0x0400);
        var difference = Assert.Single(Restorer(Function(), saved.Bytes).Compare());
        Assert.Equal("PCI Express: Device Control 2", difference.Register);
        Assert.Equal((0x0400U, 0U), (difference.Saved, difference.Found));
    }

    [Fact]
    public void Status_and_BARs_are_not_compared_and_ids_are()
    {
        var saved = Function();
        saved.Set16(PciRegs.PCI_STATUS, 0xf010);
        saved.Set16(PciRegs.PCI_BASE_ADDRESS_0, 0xabcd);
        Assert.Empty(Restorer(Function(), saved.Bytes).Compare());
        saved.Set16(PciRegs.PCI_DEVICE_ID, 0x0011);
        Assert.Equal(PciRegs.PCI_DEVICE_ID, Assert.Single(Restorer(Function(), saved.Bytes).Compare()).Offset);
    }

    private static ConfigRestorer Restorer(FakeConfigSpace now, byte[] saved) => new(now, saved, PciCapabilities.Read(now));

    /// <summary>An endpoint with MSI-X at 0x40 and PCI Express at 0x80.</summary>
    private static FakeConfigSpace Function()
    {
        var space = new FakeConfigSpace();
        space.Set16(PciRegs.PCI_VENDOR_ID, 0x1b36);
        space.Set16(PciRegs.PCI_DEVICE_ID, 0x0010);
        space.Set16(PciRegs.PCI_STATUS, 0x0010);
        space.Bytes[PciRegs.PCI_CAPABILITY_LIST] = Msix;
        space.Bytes[Msix] = PciRegs.PCI_CAP_ID_MSIX;
        space.Bytes[Msix + 1] = Express;
        space.Set16(Msix + PciRegs.PCI_MSIX_FLAGS, 0x0040);
        space.Bytes[Express] = PciRegs.PCI_CAP_ID_EXP;
        space.Set16(Express + PciRegs.PCI_EXP_FLAGS, 0x0002);
        return space;
    }

    private sealed class FakeConfigSpace : IPciConfigSpace
    {
        internal byte[] Bytes { get; } = new byte[PciRegs.PCI_CFG_SPACE_SIZE];

        internal List<int> Written { get; } = [];

        public int Length => Bytes.Length;

        public ConfigSpaceView View => ConfigSpaceView.Vfio;

        public string Subject => "0000:01:00.0";

        public void Read(int offset, Span<byte> destination) => Bytes.AsSpan(offset, destination.Length).CopyTo(destination);

        public void Write(int offset, ReadOnlySpan<byte> source)
        {
            Written.Add(offset);
            source.CopyTo(Bytes.AsSpan(offset));
        }

        internal void Set16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(offset), value);
    }
}
