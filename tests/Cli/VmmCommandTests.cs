using Devices.Cli;
using Devices.Tests.CloudHypervisor;

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
        Assert.Equal(id, VmmDeviceId.Parse(text));
        Assert.True(VmmDeviceId.IsValid(id));
    }

    [Theory]
    [InlineData("0disk")]
    [InlineData("disk 1")]
    [InlineData("disk,bus=x")]
    [InlineData("")]
    public void What_is_no_id_is_refused_before_anything(string id)
    {
        Assert.Equal(ExitCode.Usage, _host.Run("vmm", "plug", "--qmp", "/nowhere/qmp.sock", "--alone", "--id", id, DevkeepHost.Nvme));
        Assert.Contains("no id that VMMs take", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_does_not_listen_is_named()
    {
        Assert.Equal(ExitCode.Failed, _host.Run("vmm", "unplug", "--qmp", "/nowhere/qmp.sock", DevkeepHost.Nvme));
        Assert.Contains("/nowhere/qmp.sock", _host.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--qmp", "/nowhere/qmp.sock", "--api", "/nowhere/api.sock")]
    [InlineData("--alone")]
    [InlineData("--api", "/nowhere/api.sock", "--bus", "port1")]
    [InlineData("--api", "/nowhere/api.sock", "--vmm", "qemu")]
    [InlineData("--qmp", "/nowhere/qmp.sock", "--vmm", "cloud-hypervisor")]
    [InlineData("--qmp", "/nowhere/qmp.sock", "--vmm", "firecracker")]
    public void It_has_to_be_clear_which_VMM(params string[] options) =>
        Assert.Equal(ExitCode.Usage, _host.Run(["vmm", "plug", .. options, DevkeepHost.Nvme]));

    [Theory]
    [InlineData("--qmp")]
    [InlineData("--api")]
    public void Warm_is_refused_of_a_VMM_that_resets_before_anything_is_asked_of_it(string socket)
    {
        File.WriteAllBytes(_host.Sysfs.PathOf(DevkeepHost.Nvme, "config"), new byte[4096]);
        Assert.Equal(ExitCode.Failed, _host.Run("vmm", "plug", socket, "/nowhere/vmm.sock", "--alone", "--require", "warm", DevkeepHost.Nvme));
        Assert.Contains("warm is required and it can only have cold", _host.Error, StringComparison.Ordinal);
        Assert.Contains("resets a device when it is given it", _host.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"config": {"platform": {"iommufd": false}}, "state": "Running"}""", "--platform iommufd=on")]
    [InlineData("""{"config": {"platform": {"iommufd": true}}, "state": "Created"}""", "not booted (Created)")]
    public void A_Cloud_Hypervisor_that_could_not_take_a_device_gets_none(string info, string reason)
    {
        using var server = new ApiServer(ApiServer.Answer(200, info));
        Assert.Equal(ExitCode.Failed, _host.Run("vmm", "plug", "--api", server.Socket, "--alone", DevkeepHost.Nvme));
        Assert.Contains(reason, _host.Error, StringComparison.Ordinal);
        Assert.Equal("/api/v1/vm.info", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public void Cloud_Hypervisor_s_guest_is_asked_to_let_go_by_the_device_s_address()
    {
        using var server = new ApiServer(ApiServer.Answer(204, null), ApiServer.Answer(200, """{"config": {}, "state": "Running", "device_tree": {}}"""));
        Assert.Equal(ExitCode.Success, _host.Run("vmm", "unplug", "--vmm", "cloud-hypervisor", "--api", server.Socket, DevkeepHost.Nvme));
        Assert.Equal("""{"id":"vfio-0000-01-00.0"}""", server.Requests[0].Body);
    }

    [Fact]
    public void What_Cloud_Hypervisor_refuses_is_told()
    {
        using var server = new ApiServer(ApiServer.Answer(404, """["The device could not be removed"]"""));
        Assert.Equal(ExitCode.Failed, _host.Run("vmm", "unplug", "--api", server.Socket, DevkeepHost.Nvme));
        Assert.Contains("vm.remove-device of device 'vfio-0000-01-00.0' (404 NotFound): The device could not be removed", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_shares_its_group_with_another_is_not_plugged_in_alone()
    {
        _host.Sysfs.MakeDirectory($"kernel/iommu_groups/7/devices/{DevkeepHost.Edu}");
        Assert.Equal(ExitCode.Failed, _host.Run("vmm", "plug", "--qmp", "/nowhere/qmp.sock", "--alone", DevkeepHost.Nvme));
        Assert.Contains("shares IOMMU group 7", _host.Error, StringComparison.Ordinal);
    }
}
