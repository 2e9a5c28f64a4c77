using System.Runtime.InteropServices;
using Devices.Iommufd;

namespace Devices.Tests.Iommufd;

/// <summary>What is told to IOMMUs, and told by them, byte by byte; arguments that are refused before the kernel is asked.</summary>
public class GuestPageTableTests
{
    [Fact]
    public void Page_tables_are_described_in_their_iommu_s_form()
    {
        Check(1, [7, 0x1234_5000, 57], new VtdStage1Data(
            new Iova(0x1234_5000), 57, VtdStage1Flags.SupervisorRequests | VtdStage1Flags.ExtendedAccess | VtdStage1Flags.WriteProtect));
        Check(2, [0x11, 0x22], new ArmSmmuv3Data(0x11, 0x22));
        Check(3, [1, 2, 3, 4], new AmdGuestData(1, 2, 3, 4));
        Check(0xdead, [5], new OtherHwptData(0xdead, BitConverter.GetBytes(5UL)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OtherHwptData(0, [1]));
        Assert.Throws<ArgumentException>(() => new OtherHwptData(9, []));
        Assert.Throws<ArgumentException>(() => new OtherHwptData(9, new byte[4097]));
    }

    [Fact]
    public void A_range_to_invalidate_is_of_whole_pages_within_64_bits()
    {
        var abi = new VtdStage1Invalidation(new Iova(0x3000), 5, leafOnly: true).ToAbi();
        Assert.Equal((0x3000UL, 5UL, 1u, 0u), (abi.addr, abi.npages, abi.flags, abi.__reserved));
        abi = VtdStage1Invalidation.All.ToAbi();
        Assert.Equal((0UL, ulong.MaxValue, 0u), (abi.addr, abi.npages, abi.flags));
        Assert.Throws<ArgumentException>(() => new VtdStage1Invalidation(new Iova(0x3800), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VtdStage1Invalidation(new Iova(0x3000), 0));
        var last = new Iova(ulong.MaxValue - 4095);
        Assert.Equal(1UL, new VtdStage1Invalidation(last, 1).Pages);
        Assert.Throws<ArgumentOutOfRangeException>(() => new VtdStage1Invalidation(last, 2));
    }

    [Fact]
    public void Requests_are_counted_whole()
    {
        Assert.Equal(0, Invalidation.Count(8, 0));
        Assert.Equal(3, Invalidation.Count(8, 24));
        Assert.Throws<ArgumentException>(() => Invalidation.Count(8, 23));
        Assert.Throws<ArgumentOutOfRangeException>(() => Invalidation.Count(0, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => Invalidation.Count(-8, 8));
    }

    [Fact]
    public void A_command_is_given_on_as_it_is()
    {
        var abi = new ArmSmmuv3Command(0x30, 0xabcd).ToAbi();
        Assert.Equal((0x30UL, 0xabcdUL), (abi.cmd[0], abi.cmd[1]));
    }

    [Fact]
    public void A_pasid_has_20_bits_and_is_not_0()
    {
        Assert.Equal("1048575", new Pasid(Pasid.Max).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pasid(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pasid(Pasid.Max + 1));
    }

    [Fact]
    public void Registers_of_iommus_are_told_by_kind()
    {
        var vtd = Assert.IsType<VtdHardwareData>(IommuHardwareData.Parse(HardwareInfoType.IntelVtd, Words(1, 0xc, 0xe)));
        Assert.Equal((true, 0xcUL, 0xeUL), (vtd.NoReadOnlyBelowNested, vtd.Capability, vtd.ExtendedCapability));

        var arm = Assert.IsType<ArmSmmuv3HardwareData>(IommuHardwareData.Parse(
            HardwareInfoType.ArmSmmuv3, Words(1, (1UL << 32) | 0, (3UL << 32) | 2, (5UL << 32) | 4, (7UL << 32) | 6)));
        Assert.True(arm.RepeatInvalidations);
        Assert.Equal([0u, 1, 2, 3, 4, 5], arm.Idr);
        Assert.Equal((6u, 7u), (arm.Iidr, arm.Aidr));

        var tegra = Assert.IsType<Tegra241CmdqvHardwareData>(IommuHardwareData.Parse(HardwareInfoType.Tegra241Cmdqv, [0, 0, 0, 0, 1, 2, 3, 0]));
        Assert.Equal((1, 2, 3), (tegra.Version, tegra.Log2Queues, tegra.Log2StreamIds));

        var amd = Assert.IsType<AmdHardwareData>(IommuHardwareData.Parse(HardwareInfoType.Amd, Words(0xf, 0xf2)));
        Assert.Equal((0xfUL, 0xf2UL), (amd.Efr, amd.Efr2));
        Assert.Null(IommuHardwareData.Parse((HardwareInfoType)99, Words(1)));
        Assert.Null(IommuHardwareData.Parse(HardwareInfoType.None, []));
    }

    [Fact]
    public void What_an_older_or_newer_kernel_tells_is_taken_as_far_as_it_is_known()
    {
        var older = Assert.IsType<AmdHardwareData>(IommuHardwareData.Parse(HardwareInfoType.Amd, Words(0xf)));
        Assert.Equal((0xfUL, 0UL), (older.Efr, older.Efr2));
        var newer = Assert.IsType<AmdHardwareData>(IommuHardwareData.Parse(HardwareInfoType.Amd, Words(0xf, 0xf2, 0xf3)));
        Assert.Equal((0xfUL, 0xf2UL), (newer.Efr, newer.Efr2));
    }

    private static byte[] Words(params ulong[] words) => MemoryMarshal.AsBytes(words.AsSpan()).ToArray();

    private static void Check(uint type, ulong[] words, HwptData data)
    {
        Assert.Equal(type, data.Type);
        var bytes = new byte[data.Length];
        data.Write(bytes);
        Assert.Equal(Words(words), bytes);
    }
}
