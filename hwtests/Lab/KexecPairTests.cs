namespace Devices.HwTests.Lab;

/// <summary>A pair that proves the lab's own part of a kexec: the next kernel runs the second half, and it is another boot.</summary>
public class KexecPairTests
{
    private static readonly string BootIdFile = Path.Combine(Environment.GetEnvironmentVariable("DEVKEEP_RESULTS") ?? "", "boot-id");

    private static string BootId => File.ReadAllText("/proc/sys/kernel/random/boot_id");

    [Fact, BeforeKexec("lab")]
    public void Jump()
    {
        File.WriteAllText(BootIdFile, BootId);
        File.WriteAllText("/tmp/of-the-first-kernel", "");
        NextKernel.Jump("devkeep.test=lab");
    }

    [Fact, AfterKexec("lab")]
    public void The_second_half_runs_in_another_kernel()
    {
        Assert.NotEqual(File.ReadAllText(BootIdFile), BootId);
        Assert.False(File.Exists("/tmp/of-the-first-kernel"));
    }

    [Fact, AfterKexec("lab")]
    public void The_command_line_is_the_first_one_s_with_the_changes()
        => Assert.EndsWith("devkeep.phase=after devkeep.test=lab", File.ReadAllText("/proc/cmdline").TrimEnd());
}
