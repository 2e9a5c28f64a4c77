using System.Net;
using System.Text;
using Devices.CloudHypervisor;
using Devices.Linux;

namespace Devices.Tests.CloudHypervisor;

/// <summary>What is asked of Cloud Hypervisor, compared with what is published, and what becomes of its answers. Its binary is not here: these are not tests of it.</summary>
public sealed class CloudHypervisorMachineTests
{
    internal const string Running = """{"config": {"payload": {"kernel": "k"}, "platform": {"iommufd": true}, "devices": [{"id": "old"}]}, "state": "Running", "device_tree": {"old": {"id": "old"}, "disk": {"id": "disk", "pci_bdf": "0000:00:05.0"}}}""";
    private static readonly string s_gone = Running.Replace("\"disk\": {\"id\": \"disk\", \"pci_bdf\": \"0000:00:05.0\"}", "\"other\": {}", StringComparison.Ordinal);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_device_goes_with_the_request()
    {
        using var server = new ApiServer(ApiServer.Answer(200, """{"id": "disk", "bdf": "0000:00:05.0"}"""));
        using var device = Marked("device");
        Assert.Equal(new PlacedDevice("disk", "0000:00:05.0"), Machine(server).AddDevice("disk", device.Fd));
        var request = Assert.Single(server.Requests);
        Assert.Equal("""{"id":"disk"}""", request.Body);
        Assert.Equal(["device"], request.Descriptors.Select(Mark));
    }

    [Fact]
    public void A_VM_that_was_not_booted_tells_no_place()
    {
        using var server = new ApiServer(ApiServer.Answer(204, null));
        using var device = Marked("device");
        Assert.Null(Machine(server).AddDevice("disk", device.Fd));
    }

    [Fact]
    public void A_restored_VM_gets_its_devices_and_then_its_iommufd()
    {
        using var server = new ApiServer(ApiServer.Answer(204, null));
        using var first = Marked("first");
        using var second = Marked("second");
        using var iommufd = Marked("iommufd");
        var devices = Enumerable.Range(0, 60).ToDictionary(static index => $"device-with-a-long-name-{index}", index => index == 0 ? first.Fd : second.Fd);
        Machine(server).Restore(new RestoreOrder("/run/snapshot") { Devices = devices, Iommufd = iommufd.Fd, Resume = true }, s_patience);
        var request = Assert.Single(server.Requests);
        Assert.StartsWith("""{"source_url":"file:///run/snapshot","vfio_fds":[{"id":"device-with-a-long-name-0","fd":-1},""", request.Body, StringComparison.Ordinal);
        Assert.EndsWith("""],"iommufd_fd":-1,"resume":true}""", request.Body, StringComparison.Ordinal);
        Assert.Equal(["first", .. Enumerable.Repeat("second", 59), "iommufd"], request.Descriptors.Select(Mark));
    }

    [Fact]
    public void Without_devices_there_is_nothing_of_descriptors()
    {
        using var server = new ApiServer(ApiServer.Answer(204, null));
        Machine(server).Restore(new RestoreOrder("/run/snapshot"), s_patience);
        Assert.Equal("""{"source_url":"file:///run/snapshot","resume":false}""", Assert.Single(server.Requests).Body);
    }

    [Fact]
    public void Devices_without_an_iommufd_and_folders_of_ours_are_refused_before_anything()
    {
        using var device = Marked("device");
        var machine = new CloudHypervisorMachine("/nowhere/api.sock", s_patience);
        Assert.Throws<ArgumentException>(() => machine.Restore(new RestoreOrder("/run/snapshot") { Devices = new Dictionary<string, FileDescriptor> { ["disk"] = device.Fd } }, s_patience));
        Assert.Throws<ArgumentException>(() => machine.Restore(new RestoreOrder("/run/snapshot") { Iommufd = device.Fd }, s_patience));
        Assert.Contains("no absolute path", Assert.Throws<ArgumentException>(() => machine.Snapshot("snapshot", s_patience)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_VM_is_paused_saved_and_goes_on()
    {
        using var server = new ApiServer(ApiServer.Answer(204, null), ApiServer.Answer(204, null), ApiServer.Answer(204, null), ApiServer.Answer(200, """{"version": "v53.0", "pid": 7}"""));
        var machine = Machine(server);
        machine.Pause();
        machine.Snapshot("/run/snapshot", s_patience);
        machine.Resume();
        Assert.Equal(new VmmVersion("v53.0", null, 7), machine.Ping());
        Assert.Equal(["vm.pause", "vm.snapshot", "vm.resume", "vmm.ping"], server.Requests.Select(static request => request.Path["/api/v1/".Length..]));
        Assert.Equal(["0", """{"destination_url":"file:///run/snapshot"}""", "0"], server.Requests.Take(3).Select(static request => request.Body.Length == 0 ? request.Headers["content-length"] : request.Body));
    }

    [Fact]
    public void What_a_VM_has_is_told()
    {
        using var server = new ApiServer(ApiServer.Answer(200, Running), ApiServer.Answer(200, """{"config": {"payload": {}}, "state": "Napping"}"""));
        var info = Machine(server).Info();
        Assert.Equal((MachineState.Running, true), (info.State, info.HasIommufd));
        Assert.Equal(["old"], info.Devices);
        Assert.Equal(["old", "disk"], info.Nodes);
        info = Machine(server).Info();
        Assert.Equal((MachineState.Unknown, false, null), (info.State, info.HasIommufd, info.Nodes));
    }

    [Fact]
    public void A_removed_device_is_gone_when_the_guest_has_let_go()
    {
        using var server = new ApiServer(ApiServer.Answer(204, null), ApiServer.Answer(200, Running), ApiServer.Answer(200, s_gone));
        Machine(server).RemoveDevice("disk", s_patience);
        Assert.Equal("""{"id":"disk"}""", server.Requests[0].Body);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void A_guest_may_not_react()
    {
        using var server = new ApiServer(ApiServer.Answer(204, null), ApiServer.Answer(200, Running));
        Assert.Contains("did not let go", Assert.Throws<TimeoutException>(() => Machine(server).RemoveDevice("disk", TimeSpan.Zero)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_tells_the_status_the_device_its_own_words_and_a_way_out()
    {
        using var server = new ApiServer(ApiServer.Answer(409, """["Error from API", "The device could not be added", "Identifier disk is not unique."]"""));
        using var device = Marked("device");
        var refused = Assert.Throws<CloudHypervisorException>(() => Machine(server).AddDevice("disk", device.Fd));
        Assert.Equal(
            "Cloud Hypervisor refused vm.add-device of device 'disk' (409 Conflict): Error from API: The device could not be added: Identifier disk is not unique. It has a device of that id already: give another one, or remove that first.",
            refused.Message);
        Assert.Equal((HttpStatusCode.Conflict, "vm.add-device", "disk"), (refused.Status, refused.Request, refused.Device));
        Assert.Equal(3, refused.Reasons.Count);
    }

    [Fact]
    public void What_is_not_as_published_the_server_of_these_tests_refuses()
    {
        using var server = new ApiServer(ApiServer.Answer(204, null));
        var odd = new CloudHypervisorApi(server.Socket, s_patience);
        var refused = Assert.Throws<CloudHypervisorException>(() => odd.Put("vm.add-device", "disk", new DeviceConfig("disk"), ApiJson.Default.DeviceConfig, []));
        Assert.Contains("exactly one of path and a descriptor is due", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Cloud Hypervisor closed the connection")]
    [InlineData("HTTP/1.1 200 \r\nContent-Length: 100\r\n\r\n{", "Cloud Hypervisor closed the connection")]
    public void A_VMM_that_ends_halfway_is_told_as_such(string answer, string words)
    {
        using var server = new ApiServer(answer, answer);
        using var device = Marked("device");
        var broken = Assert.Throws<LinuxException>(() => Machine(server).AddDevice("disk", device.Fd));
        Assert.Equal(Errno.ECONNRESET, broken.Errno);
        Assert.Contains(words, broken.Message, StringComparison.Ordinal);
        Assert.Contains("vm.add-device of device 'disk'", broken.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests); // it is not asked a second time
    }

    [Fact]
    public void A_VMM_that_does_not_answer_is_not_waited_for_for_ever()
    {
        using var server = new ApiServer((string?)null);
        using var device = Marked("device");
        var slow = Assert.Throws<TimeoutException>(() => new CloudHypervisorMachine(server.Socket, TimeSpan.FromMilliseconds(50)).AddDevice("disk", device.Fd));
        Assert.Contains("vm.add-device of device 'disk'", slow.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QMP 10.0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"config\": {}       }")]
    public void Who_speaks_something_else_is_told_as_such(string answer)
    {
        using var server = new ApiServer(answer);
        Assert.Contains(server.Socket, Assert.Throws<CloudHypervisorProtocolException>(() => Machine(server).Info()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_does_not_listen_is_named()
    {
        var nobody = Assert.Throws<LinuxException>(() => new CloudHypervisorMachine("/nowhere/api.sock", s_patience).Ping());
        Assert.Contains("/nowhere/api.sock", nobody.Message, StringComparison.Ordinal);
        Assert.Contains("--api-socket", nobody.Message, StringComparison.Ordinal);
    }

    private static CloudHypervisorMachine Machine(ApiServer server) => new(server.Socket, s_patience);

    // A memfd that says by what is in it which one it is.
    private static MemFd Marked(string mark)
    {
        var file = MemFd.Create(mark, 4096);
        using var lease = file.Fd.Lease();
        using var handle = File.OpenHandle($"/proc/self/fd/{lease.Number}", FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.Write(handle, Encoding.UTF8.GetBytes(mark), 0);
        return file;
    }

    private static string Mark(FileDescriptor descriptor)
    {
        using var lease = descriptor.Lease();
        return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/self/fd/{lease.Number}")).TrimEnd('\0');
    }
}
