using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Iommufd;
using Devices.Tests.CloudHypervisor;
using Devices.Vfio;

namespace Devices.HwTests.Vmm;

/// <summary>
/// <c>devkeep vmm</c> with a real device and what stands for Cloud Hypervisor, which is not to be had: a server that reads as it does, compares with what is published, and binds what came.
/// </summary>
public sealed class CloudHypervisorTests
{
    [SkippableFact]
    public void A_device_comes_unbound_and_can_be_bound_when_the_command_has_ended()
    {
        using var nvme = new BorrowedFunction(BoundDevice.NvmeFunction());
        var address = nvme.Function.Address;
        var id = $"vfio-{address}".Replace(':', '-');
        using var server = new ApiServer(
            ApiServer.Answer(200, """{"config": {"payload": {}, "platform": {"iommufd": true}}, "state": "Running"}"""),
            ApiServer.Answer(200, $$"""{"id": "{{id}}", "bdf": "0000:00:05.0"}"""),
            ApiServer.Answer(204, null),
            ApiServer.Answer(200, """{"config": {"payload": {}}, "state": "Running", "device_tree": {}}"""));
        Assert.Equal("0000:00:05.0", Devkeep.Json("vmm", "plug", "--api", server.Socket, "--alone", $"{address}").GetProperty("guest_address").GetString());
        Assert.Equal(Environment.ProcessId, Assert.Single(VfioCdev.FindHolders(nvme.Function)).ProcessId);
        using (var cdev = VfioCdev.FromFd(Assert.Single(server.Requests[1].Descriptors), address))
        using (var context = IommuContext.Open())
        using (var device = cdev.Bind(context))
        {
            Assert.NotEmpty(device.Bars);
        }

        Assert.Equal(id, Devkeep.Json("vmm", "unplug", "--api", server.Socket, $"{address}").GetProperty("id").GetString());
    }
}
