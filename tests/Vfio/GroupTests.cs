using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.Tests.Vfio;

public class GroupTests
{
    [Theory]
    [InlineData("vfio-pci", true)]
    [InlineData("mlx5_vfio_pci", true)]
    [InlineData("nvgrace-gpu-vfio-pci", true)]
    [InlineData("pci-stub", true)]
    [InlineData("pcieport", true)]
    [InlineData("nvme", false)]
    [InlineData("virtio-pci", false)]
    public void Drivers_that_leave_the_group_s_DMA_alone_are_known(string driver, bool isBystander)
        => Assert.Equal(isBystander, GroupMember.IsBystander(driver));

    [Fact]
    public void Without_anybody_at_fault_the_message_names_all()
    {
        GroupMember[] members = [new(PciAddress.Parse("0000:03:00.0"), "vfio-pci"), new(PciAddress.Parse("0000:03:00.1"), null)];
        var failure = new GroupNotViableException("VFIO_GROUP_GET_STATUS", 7, members);
        Assert.Empty(failure.AtFault);
        Assert.Equal((Errno.EBUSY, 7, "IOMMU group 7"), (failure.Errno, failure.Group, failure.Subject));
        Assert.Contains("0000:03:00.0 (vfio-pci), 0000:03:00.1 (no driver)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_of_mappings_is_in_the_message()
        => Assert.Contains("has 65535 mappings", new MappingLimitException("container", 65535).Message, StringComparison.Ordinal);
}
