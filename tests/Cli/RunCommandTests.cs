using System.Text.Json;
using Devices.Cli;
using Devices.Linux;
using Devices.Preservation;
using Devices.Tests.LiveUpdate;

namespace Devices.Tests.Cli;

/// <summary><c>devkeep run</c> up to where it would open anything: placeholders, options of VMMs, refusals.</summary>
public sealed class RunCommandTests : IDisposable
{
    private const string Other = "0000:01:00.1";
    private static readonly string s_me = ProcessRights.IsRoot ? "root" : Environment.UserName;

    private readonly DevkeepHost _host = DevkeepHost.WithTwoDevices();

    public RunCommandTests() => _host.Sysfs.MakeDirectory($"kernel/iommu_groups/7/devices/{DevkeepHost.Nvme}");

    public void Dispose() => _host.Dispose();

    [Fact]
    public void QEMU_gets_an_iommufd_devices_and_memory_by_its_own_options()
    {
        Assert.Equal(
            [
                "true", "-M", "q35",
                "-object", "memory-backend-file,id=ram0,mem-path=/proc/self/fd/{memory},share=on,size=1073741824", "-machine", "memory-backend=ram0",
                "-object", "iommufd,id=iommufd0,fd={iommufd}",
                "-device", "vfio-pci,fd={device:0000:01:00.0},iommufd=iommufd0",
            ],
            Plan("-d", DevkeepHost.Nvme, "-m", "1G", "--vmm", "qemu", "--", "true", "-M", "q35"));
    }

    [Fact]
    public void Cloud_Hypervisor_gets_a_memory_zone_a_platform_and_devices_in_one_option()
    {
        GiveSecondFunction();
        Assert.Equal(
            [
                "true",
                "--memory", "size=0", "--memory-zone", "id=ram0,size=4096,shared=on,file=/proc/self/fd/{memory}",
                "--platform", "iommufd=on,iommufd_fd={iommufd},vfio_p2p_dma=off",
                "--device", "fd={device:0000:01:00.0}", "fd={device:0000:01:00.1}",
            ],
            Plan("-d", DevkeepHost.Nvme, Other, "-m", "4K", "--vmm", "cloud-hypervisor", "--", "true"));
    }

    [Fact]
    public void What_an_argument_has_a_placeholder_for_is_left_to_it()
    {
        var command = Plan("-d", DevkeepHost.Nvme, "-m", "4K", "--vmm", "qemu", "--", "true", "-device", "pcie-root-port,id=rp", "-device", "vfio-pci,bus=rp,iommufd=iommufd0,fd={device:01:00.0}");
        Assert.Single(command, static argument => argument.Contains("vfio-pci", StringComparison.Ordinal));
        Assert.Contains("iommufd,id=iommufd0,fd={iommufd}", command);
    }

    [Theory]
    [InlineData("--vmm", "qemu")]
    [InlineData("--vmm", "cloud-hypervisor")]
    public void Warm_is_refused_of_a_VMM_that_resets(params string[] vmm)
    {
        File.WriteAllBytes(_host.Sysfs.PathOf(DevkeepHost.Nvme, "config"), new byte[4096]);
        string[] order = ["run", "-d", DevkeepHost.Nvme, "-m", "4K", "--alone", "-u", s_me, .. vmm, "--dry-run"];
        Assert.Equal(ExitCode.Success, _host.Run([.. order, "--require", "cold", "--", "true"]));
        Assert.Equal(ExitCode.Failed, _host.Run([.. order, "--require", "warm", "--", "true"]));
        Assert.Contains("warm is required and it can only have cold", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_alone_needs_no_iommufd() =>
        Assert.DoesNotContain(Plan("-m", "4K", "--vmm", "qemu", "--", "true"), static argument => argument.Contains("iommufd", StringComparison.Ordinal));

    [Fact]
    public void Memory_by_name_is_the_keeper_s_and_QEMU_gets_as_RAM_what_no_argument_mentions()
    {
        using var rig = Keeper(("ram", 1 << 20), ("state", 64 << 10));
        Assert.Equal(
            [
                "true", "-incoming", "file:/proc/self/fd/{memory:state}",
                "-object", "memory-backend-file,id=ram0,mem-path=/proc/self/fd/{memory:ram},share=on,size=1048576", "-machine", "memory-backend=ram0",
            ],
            Plan("-k", rig.Server.SocketPath, "-m", "state", "-m", "ram", "--vmm", "qemu", "--", "true", "-incoming", "file:/proc/self/fd/{memory:state}"));
    }

    [Theory]
    [InlineData("{memory}")]
    [InlineData("{memory:ram}")]
    public void The_only_memory_has_two_placeholders(string placeholder)
    {
        using var rig = Keeper(("ram", 1 << 20));
        Assert.Equal(["true", placeholder], Plan("-k", rig.Server.SocketPath, "-m", "ram", "--", "true", placeholder));
    }

    [Fact]
    public void New_memory_stands_beside_memory_by_name()
    {
        using var rig = Keeper(("state", 64 << 10));
        Assert.Equal(["true", "{memory}", "{memory:state}"], Plan("-k", rig.Server.SocketPath, "-m", "4K", "-m", "state", "--", "true", "{memory}", "{memory:state}"));
        using var json = JsonDocument.Parse(_host.Output);
        Assert.Equal((64 << 10) + 4096, json.RootElement.GetProperty("memory").GetInt32());
        Assert.Equal(
            [(null, 4096), ("state", 64 << 10)],
            json.RootElement.GetProperty("memories").EnumerateArray().Select(static memory => (memory.GetProperty("name").GetString(), memory.GetProperty("length").GetInt32())));
    }

    [Theory]
    [InlineData("Which memory is the guest's RAM, {memory:ram} or {memory:state}?", "-m", "ram", "-m", "state", "--vmm", "qemu", "--", "true")]
    [InlineData("no argument has {memory:state}", "-m", "ram", "-m", "state", "--", "true", "{memory:ram}")]
    [InlineData("what --memory gives is {memory:ram}, {memory:state}", "-m", "ram", "-m", "state", "--", "true", "{memory}")]
    [InlineData("what --memory gives is {memory:ram}", "-m", "ram", "--", "true", "{memory:state}")]
    [InlineData("holds no memory 'other'", "-m", "other", "--", "true", "{memory}")]
    public void Memory_by_name_that_cannot_be_given_so_is_refused(string reason, params string[] args)
    {
        using var rig = Keeper(("ram", 1 << 20), ("state", 64 << 10));
        Assert.Equal(ExitCode.Failed, _host.Run(["run", "--alone", "-u", s_me, "-k", rig.Server.SocketPath, .. args]));
        Assert.Contains(reason, _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_is_shown_as_a_shell_reads_it()
    {
        Assert.Equal(ExitCode.Success, _host.Run("run", "--alone", "--dry-run", "-u", s_me, "-m", "4K", "--", "true", "it's", "{memory}", "a b"));
        Assert.Equal("true 'it'\\''s' '{memory}' 'a b'\n", _host.Output);
    }

    [Theory]
    [InlineData("""{"driver":"vfio-pci","fd":"{memory}"}""", """{"driver":"vfio-pci","fd":"5"}""")]
    [InlineData("""{"a":{"b":{}}}""", """{"a":{"b":{}}}""")]
    [InlineData("/proc/self/fd/{memory}:{memory}", "/proc/self/fd/5:5")]
    [InlineData("awk '{{print}}' {{x:y}}", "awk '{print}' {x:y}")]
    [InlineData("${HOME} {} {1}", null)]
    [InlineData("{} {1} { memory }", "{} {1} { memory }")]
    public void Placeholders_are_words_in_braces(string argument, string? filled)
    {
        if (filled is null) Assert.Throws<UserException>(() => Placeholder.In(argument).ToList());
        else Assert.Equal(filled, Placeholder.Fill(argument, static _ => "5"));
    }

    [Theory]
    [InlineData("'{print}' is no placeholder", "-m", "4K", "--", "true", "{print}")]
    [InlineData("names no memory", "-m", "4K", "--", "true", "{memory:4G}")]
    [InlineData("names no device", "-d", DevkeepHost.Nvme, "--", "true", "{device:nvme}")]
    [InlineData("no --device 0000:02:00.0", "-d", DevkeepHost.Nvme, "--", "true", "{device:01:00.0},{device:02:00.0}")]
    [InlineData("no --memory", "-d", DevkeepHost.Nvme, "--", "true", "{device:01:00.0},{memory}")]
    [InlineData("no --device is given that it could be for", "-m", "4K", "--", "true", "{memory},{iommufd}")]
    [InlineData("no argument has {device:0000:01:00.0}", "-d", DevkeepHost.Nvme, "-m", "4K", "--", "true", "{memory}")]
    [InlineData("no argument has {memory}", "-m", "4K", "--", "true")]
    [InlineData("devkeep bind 0000:00:03.0", "-d", DevkeepHost.Edu, "--", "true", "{device:00:03.0}")]
    [InlineData("no program 'no-such-vmm' in PATH", "-m", "4K", "--", "no-such-vmm", "{memory}")]
    [InlineData("no program '/dev/null'", "-m", "4K", "--", "/dev/null", "{memory}")]
    public void What_cannot_be_done_is_refused_with_the_reason(string reason, params string[] args)
    {
        Assert.Equal(ExitCode.Failed, _host.Run(["run", "--alone", "-u", s_me, .. args]));
        Assert.Contains(reason, _host.Error, StringComparison.Ordinal);
        Assert.Empty(_host.Output);
    }

    [Fact]
    public void A_device_whose_group_has_others_is_refused_unless_they_come_with_it()
    {
        GiveSecondFunction();
        _host.Sysfs.MakeDirectory("kernel/iommu_groups/7/devices/0000:00:02.0"); // the root port does no harm
        Assert.Equal(ExitCode.Failed, _host.Run("run", "--alone", "-n", "-u", s_me, "-d", DevkeepHost.Nvme, "-m", "4K", "--vmm", "qemu", "--", "true"));
        Assert.Contains($"shares IOMMU group 7 with {Other},", _host.Error, StringComparison.Ordinal);
        Assert.NotEmpty(Plan("-d", DevkeepHost.Nvme, Other, "-m", "4K", "--vmm", "qemu", "--", "true"));
    }

    [Theory]
    [InlineData("run", "--", "true")]
    [InlineData("run", "-m", "4K")]
    [InlineData("run", "-m", "100", "--", "true")]
    [InlineData("run", "-m", "0", "--", "true")]
    [InlineData("run", "-m", "4K", "-m", "8K", "--", "true")]
    [InlineData("run", "-m", "ram", "-m", "ram", "--", "true")]
    [InlineData("run", "-m", "a/b", "--", "true")]
    [InlineData("run", "-d", DevkeepHost.Nvme, "--vmm", "qemu", "--", "true")]
    [InlineData("run", "-d", DevkeepHost.Nvme, "-d", DevkeepHost.Nvme, "--", "true")]
    [InlineData("run", "-m", "4K", "--vmm", "bochs", "--", "true")]
    [InlineData("run", "-m", "4K", "--alone", "--broker", "/run/x", "--", "true")]
    public void What_cannot_be_meant_ends_with_2(params string[] args) => Assert.Equal(ExitCode.Usage, _host.Run(args));

    [Fact]
    public void A_user_that_is_not_there_and_a_root_that_does_not_say_whom_are_refused()
    {
        Assert.Equal(ExitCode.Failed, _host.Run("run", "-m", "4K", "-u", "no-such-user", "--", "true", "{memory}"));
        Assert.Contains("no user 'no-such-user'", _host.Error, StringComparison.Ordinal);
        if (!ProcessRights.IsRoot) return;
        Assert.Equal(ExitCode.Failed, _host.Run("run", "-m", "4K", "--", "true", "{memory}"));
        Assert.Contains("--user", _host.Error, StringComparison.Ordinal);
    }

    private static KeeperRig Keeper(params ReadOnlySpan<(string Name, long Length)> memory)
    {
        var rig = new KeeperRig();
        foreach (var (name, length) in memory) NamedMemory.Create(rig.Server.Keeper, name, length);
        return rig;
    }

    private void GiveSecondFunction()
    {
        _host.Sysfs.Add(Other, below: "0000:00:02.0");
        _host.Sysfs.Link(Other, "iommu_group", "kernel/iommu_groups/7");
        _host.Sysfs.MakeDirectory($"bus/pci/devices/{Other}/vfio-dev/vfio1");
        _host.Sysfs.MakeDirectory($"kernel/iommu_groups/7/devices/{Other}");
    }

    // Who has no root's rights needs devkeepd for devices; which one does not matter here.
    private List<string> Plan(params string[] args)
    {
        string[] options = ProcessRights.IsRoot ? ["--alone", "-u", s_me] : ["--broker", "/run/any"];
        Assert.True(_host.Run(["run", "--dry-run", "--json", .. options, .. args]) == ExitCode.Success, _host.Error);
        using var json = JsonDocument.Parse(_host.Output);
        return [.. json.RootElement.GetProperty("command").EnumerateArray().Select(static argument => argument.GetString()!)];
    }
}
