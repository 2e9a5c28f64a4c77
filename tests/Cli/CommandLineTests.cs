using Devices.Cli;

namespace Devices.Tests.Cli;

/// <summary>What the command line takes and refuses, and with which exit code.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("list", "--driver")]
    [InlineData("show")]
    [InlineData("show", "nonsense")]
    [InlineData("show", "00:03.0", "00:04.0")]
    [InlineData("bind", "00:03.0", "0000:00:03.0")]
    [InlineData("update")]
    [InlineData("update", "--session", "", "00:03.0")]
    [InlineData("update", "--freeze-limit", "0", "00:03.0")]
    [InlineData("restore", "--session", "lab", "--on-failure", "warm")]
    [InlineData("restore", "--session", "lab", "--crash-kernel", "/boot/vmlinuz")]
    [InlineData("kexec", "--session", "lab", "--deadline", "soon")]
    [InlineData("lsit")]
    [InlineData]
    public void A_command_line_that_is_not_understood_ends_with_2_and_prints_no_result(params string[] args)
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Usage, host.Run(args));
        Assert.Empty(host.Output);
        Assert.Contains("devkeep: ", host.Error, StringComparison.Ordinal);
        Assert.Contains("--help", host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_is_none_is_named_with_the_form_that_is_wanted()
    {
        using var host = DevkeepHost.WithTwoDevices();
        host.Run("show", "1:2:3:4");
        Assert.Contains("'1:2:3:4'", host.Error, StringComparison.Ordinal);
        Assert.Contains("0000:01:00.0", host.Error, StringComparison.Ordinal);
        Assert.Contains("'devkeep show --help'", host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_has_help_with_an_example()
    {
        using var host = DevkeepHost.WithTwoDevices();
        foreach (var command in LeavesOf(new DevkeepRoot(host.Host)))
        {
            using var each = DevkeepHost.WithTwoDevices();
            Assert.Equal(ExitCode.Success, each.Run([.. command, "--help"]));
            Assert.Contains("Examples:", each.Output, StringComparison.Ordinal);
            Assert.Contains($"devkeep {string.Join(' ', command)}", each.Output, StringComparison.Ordinal);
            Assert.Empty(each.Error);
        }
    }

    [Fact]
    public void The_programs_help_names_the_exit_codes()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Success, host.Run("--help"));
        Assert.Contains("Exit codes:", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_not_there_ends_with_1_one_message_and_no_trace()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Failed, host.Run("show", "0000:0a:00.0"));
        Assert.Empty(host.Output);
        Assert.StartsWith("devkeep: ", host.Error, StringComparison.Ordinal);
        Assert.Contains("0000:0a:00.0", host.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Error, StringComparison.Ordinal);
        Assert.Single(host.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Verbose_shows_where_a_failure_came_from()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Failed, host.Run("show", "0000:0a:00.0", "--verbose"));
        Assert.Contains("   at ", host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_is_not_loaded_ends_with_1_and_the_way_out()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Failed, host.Run("bind", DevkeepHost.Edu, "--driver", "uio_pci_generic"));
        Assert.Contains("modprobe uio_pci_generic", host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drivers_name_that_is_none_is_refused_without_the_librarys_parameter()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Failed, host.Run("bind", DevkeepHost.Edu, "--driver", "../nvme"));
        Assert.Contains("'../nvme'", host.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_done_before_a_failure_is_said()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Failed, host.Run("bind", DevkeepHost.Nvme, DevkeepHost.Edu));
        Assert.Contains($"done before the failure: {DevkeepHost.Nvme} (vfio-pci)", host.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string[]> LeavesOf(System.CommandLine.Command command, params string[] path)
    {
        foreach (var child in command.Subcommands)
        {
            string[] name = [.. path, child.Name];
            if (child.Subcommands.Count == 0)
                yield return name;
            foreach (var leaf in LeavesOf(child, name))
                yield return leaf;
        }
    }
}
