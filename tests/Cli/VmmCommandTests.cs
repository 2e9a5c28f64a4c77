using Devices.Cli;

namespace Devices.Tests.Cli;

/// <summary><c>devkeep vmm</c> up to where it would open anything.</summary>
public sealed class VmmCommandTests : IDisposable
{
    private readonly DevkeepHost _host = DevkeepHost.WithTwoDevices();

    public VmmCommandTests() => _host.Sysfs.MakeDirectory($"kernel/iommu_groups/7/devices/{DevkeepHost.Nvme}");

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("0000:01:00.0", "vfio-0000-01-00.0")]
    [InlineData("01:00.0", "vfio-0000-01-00.0")]
    [InlineData("disk", "disk")]
    public void A_device_is_called_by_its_address_or_by_its_id(string text, string id)
    {
        Assert.Equal(id, QemuDeviceId.Parse(text));
        Assert.True(QemuDeviceId.IsValid(id));
    }

    [Theory]
    [InlineData("0disk")]
    [InlineData("disk 1")]
    [InlineData("disk,bus=x")]
    [InlineData("")]
    public void What_QEMU_takes_for_no_id_is_refused_before_anything(string id)
    {
        Assert.Equal(ExitCode.Usage, _host.Run("vmm", "plug", "--qmp", "/nowhere/qmp.sock", "--alone", "--id", id, DevkeepHost.Nvme));
        Assert.Contains("QEMU takes no id", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_does_not_listen_is_named()
    {
        Assert.Equal(ExitCode.Failed, _host.Run("vmm", "unplug", "--qmp", "/nowhere/qmp.sock", DevkeepHost.Nvme));
        Assert.Contains("/nowhere/qmp.sock", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_shares_its_group_with_another_is_not_plugged_in_alone()
    {
        _host.Sysfs.MakeDirectory($"kernel/iommu_groups/7/devices/{DevkeepHost.Edu}");
        Assert.Equal(ExitCode.Failed, _host.Run("vmm", "plug", "--qmp", "/nowhere/qmp.sock", "--alone", DevkeepHost.Nvme));
        Assert.Contains("shares IOMMU group 7", _host.Error, StringComparison.Ordinal);
    }
}
