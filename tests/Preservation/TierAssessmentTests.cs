using System.Diagnostics;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation;
using Devices.Tests.Pci;

namespace Devices.Tests.Preservation;

/// <summary>What who has a device means for its tier.</summary>
public sealed class TierAssessmentTests : IDisposable
{
    private const string Nvme = "0000:01:00.0";
    private readonly FakeSysfs _sysfs = new();
    private readonly PciFunction _function;

    public TierAssessmentTests()
    {
        _sysfs.Add(Nvme);
        File.WriteAllBytes(_sysfs.PathOf(Nvme, "config"), new byte[4096]);
        _function = _sysfs.Open(Nvme);
    }

    public void Dispose() => _sysfs.Dispose();

    [Theory]
    [InlineData("qemu-system-x86", true)]
    [InlineData("cloud-hyperviso", true)]
    [InlineData("devkeepd", false)]
    [InlineData("my-qemu", false)]
    public void A_device_that_a_VMM_has_is_cold_and_the_reason_names_the_process(string command, bool cold)
    {
        var assessment = TierAssessment.Of(_function, live: false, [new FileHolder(int.MaxValue, command)]); // there is no such process: its name is all there is
        Assert.Equal(cold ? PreservationTier.Cold : PreservationTier.Warm, assessment.Tier);
        Assert.Equal(cold, assessment.Limits.Any(limit => limit.StartsWith("Warm: ", StringComparison.Ordinal) && limit.EndsWith($"{command} (pid {int.MaxValue}) has it.", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_name_that_a_process_gave_itself_hides_no_VMM()
    {
        using var folder = new Devices.Tests.LiveUpdate.TemporaryFolder();
        var program = folder.File("qemu-system-x86_64");
        File.Copy("/usr/bin/sleep", program);
        using var process = Process.Start(program, "100");
        try
        {
            Assert.True(SpinWait.SpinUntil(() => new FileInfo($"/proc/{process.Id}/exe").LinkTarget == program, TimeSpan.FromSeconds(20)));
            Assert.Equal(PreservationTier.Cold, TierAssessment.Of(_function, live: false, [new FileHolder(process.Id, "guest-7")]).Tier);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    [Theory]
    [InlineData("/usr/bin/qemu-system-x86_64", true)]
    [InlineData("/usr/libexec/qemu-kvm", true)]
    [InlineData("/opt/cloud-hypervisor", true)]
    [InlineData("/opt/qemu-10/vmm", false)]
    public void Programs_are_known_by_their_file_s_name(string program, bool known) => Assert.Equal(known, VmmLimits.Of(program) is not null);
}
