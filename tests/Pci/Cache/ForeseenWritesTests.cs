using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

/// <summary>Registers of VFIO's view of which it is known, once each bit was tried, what a write makes of them.</summary>
public sealed class ForeseenWritesTests
{
    private const int DeviceControl = ModelFunction.Express + PciRegs.PCI_EXP_DEVCTL;

    private readonly ModelFunction _model = new(ConfigSpaceView.Vfio);
    private readonly CachedConfigSpace _cache;

    public ForeseenWritesTests()
    {
        _cache = new CachedConfigSpace(_model, ConfigSpaceOwnership.Exclusive);
        _cache.Read(0, new byte[_cache.Length]);
    }

    [Fact]
    public void A_BAR_is_sized_for_nothing_once_it_was_sized()
    {
        Assert.True(Cost(Size) > 0);
        Assert.Equal(0, Cost(Size));
        Assert.Equal(0, Cost(() => Assert.Equal(0xFEBF_8004, WriteAndRead(PciRegs.PCI_BASE_ADDRESS_0, 0xFEBF_8123))));
        Assert.Empty(_cache.Verify());

        void Size()
        {
            Assert.Equal(0xFFFF_C004, WriteAndRead(PciRegs.PCI_BASE_ADDRESS_0, 0xFFFF_FFFF));
            Assert.Equal(0x0000_0004u, WriteAndRead(PciRegs.PCI_BASE_ADDRESS_0, 0));
            Assert.Equal(0xFFFF_FFFF, WriteAndRead(PciRegs.PCI_BASE_ADDRESS_1, 0xFFFF_FFFF));
            Assert.Equal(0u, WriteAndRead(PciRegs.PCI_BASE_ADDRESS_1, 0));
        }
    }

    [Fact]
    public void A_device_that_was_opened_anew_may_have_BARs_of_other_sizes()
    {
        Assert.Equal(0xFFFF_C004, WriteAndRead(PciRegs.PCI_BASE_ADDRESS_0, 0xFFFF_FFFF));
        Assert.Equal(0x0000_0004u, WriteAndRead(PciRegs.PCI_BASE_ADDRESS_0, 0));
        _model.Refuse(PciRegs.PCI_BASE_ADDRESS_0, 0x4000);
        _cache.Invalidate(ConfigSpaceEvent.Opened);
        Assert.Equal(0x0000_0004u, _cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0));
        Assert.Equal(0xFFFF_8004, WriteAndRead(PciRegs.PCI_BASE_ADDRESS_0, 0xFFFF_FFFF));
    }

    [Fact]
    public void A_part_of_a_BAR_leaves_the_rest()
    {
        _cache.WriteUInt32(PciRegs.PCI_BASE_ADDRESS_0, 0xFFFF_FFFF);
        _cache.WriteByte(PciRegs.PCI_BASE_ADDRESS_0 + 3, 0xAB);
        Assert.Equal(0, Cost(() => Assert.Equal(0xABFF_C004, _cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0))));
        Assert.Empty(_cache.Verify());
    }

    [Fact]
    public void An_IO_BAR_and_what_VFIO_may_show_wrong_after_it_are_read_again()
    {
        Assert.Equal(0xFFFF_FFE1, WriteAndRead(PciRegs.PCI_BASE_ADDRESS_2, 0xFFFF_FFFF));
        _ = _cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_3);
        _cache.WriteUInt32(PciRegs.PCI_BASE_ADDRESS_2, 0);
        Assert.False(_cache.IsCached(PciRegs.PCI_BASE_ADDRESS_2));
        Assert.False(_cache.IsCached(PciRegs.PCI_BASE_ADDRESS_3));
        _ = _cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_2);
        _ = _cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_3);
        _cache.WriteUInt32(PciRegs.PCI_BASE_ADDRESS_3, 0);
        Assert.False(_cache.IsCached(PciRegs.PCI_BASE_ADDRESS_3));
    }

    [Theory]
    [InlineData(PciRegs.PCI_COMMAND)]
    [InlineData(DeviceControl)]
    public void A_bit_that_the_device_takes_is_learned_and_one_that_it_refuses_is_asked_for_each_time(int register)
    {
        _ = _cache.ReadUInt16(register);
        _cache.WriteUInt16(register, 0);
        Assert.Equal(1, Cost(() => Assert.Equal(3, WriteAndReadWord(register, 3))));
        Assert.Equal(0, Cost(() => Assert.Equal(0, WriteAndReadWord(register, 0))));
        Assert.Equal(0, Cost(() => Assert.Equal(1, WriteAndReadWord(register, 1))));

        // What did not take effect may have been lost on its way.
        _model.Refuse(register, 0x0004);
        Assert.Equal(1, Cost(() => Assert.Equal(1, WriteAndReadWord(register, 5))));
        Assert.Equal(1, Cost(() => Assert.Equal(1, WriteAndReadWord(register, 5))));
        Assert.Empty(_cache.Verify());
    }

    [Fact]
    public void Nothing_is_foreseen_of_a_write_that_resets_or_of_a_value_that_is_not_known()
    {
        _cache.WriteUInt16(DeviceControl, 0x0010);
        _cache.WriteUInt16(DeviceControl, 0x8000);
        Assert.False(_cache.IsCached(DeviceControl));
        Assert.Equal(0x2810, _cache.ReadUInt16(DeviceControl));
        _cache.Invalidate(ConfigSpaceEvent.FunctionReset);
        Assert.Equal(0, Cost(() => _cache.WriteUInt32(PciRegs.PCI_BASE_ADDRESS_0, 0x1000_0000)));
        Assert.False(_cache.IsCached(PciRegs.PCI_BASE_ADDRESS_0));
        Assert.Equal(0x1000_0004u, _cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0));
    }

    [Fact]
    public void Raw_registers_are_read_again_after_a_write()
    {
        var model = new ModelFunction(ConfigSpaceView.Raw);
        var cache = new CachedConfigSpace(model, ConfigSpaceOwnership.Exclusive);
        for (var i = 0; i < 2; i++)
        {
            _ = cache.ReadUInt32(PciRegs.PCI_BASE_ADDRESS_0);
            cache.WriteUInt32(PciRegs.PCI_BASE_ADDRESS_0, 0xFFFF_FFFF);
            Assert.False(cache.IsCached(PciRegs.PCI_BASE_ADDRESS_0));
        }
    }

    private int Cost(Action action)
    {
        var before = _model.DwordsRead;
        action();
        return _model.DwordsRead - before;
    }

    private uint WriteAndRead(int offset, uint value)
    {
        _cache.WriteUInt32(offset, value);
        return _cache.ReadUInt32(offset);
    }

    private int WriteAndReadWord(int offset, ushort value)
    {
        _cache.WriteUInt16(offset, value);
        return _cache.ReadUInt16(offset);
    }
}
