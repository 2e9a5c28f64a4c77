using Devices.Cli;

namespace Devices.Tests.Cli;

/// <summary>The manual page and the shell's completion, both made from the commands.</summary>
public sealed class ManualTests
{
    private static readonly string[] s_macros = [".TH ", ".SH ", ".SS ", ".TP", ".PP", ".B "];

    [Fact]
    public void The_manual_page_has_every_command_option_and_exit_code()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Success, host.Run("man"));
        foreach (var word in new[] { ".SS devkeep preserve", ".SS devkeep update", ".SS devkeep record show", ".SS devkeep sriov set", ".SS devkeep run VMM...", ".B /run/devkeepd/devices.sock", ".SS devkeep config dump BDF|FILE...", ".SS devkeep cache verify", ".B /run/devkeep/config\\-cache", "\\-\\-require", "\\-\\-json", ".B 130" })
            Assert.Contains(word, host.Output, StringComparison.Ordinal);
        // A line of text that began with a dot would vanish as an unknown request.
        foreach (var line in host.Output.Split('\n').Where(static line => line.StartsWith('.')))
            Assert.Contains(s_macros, macro => line.StartsWith(macro, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _devkeep devkeep")]
    [InlineData("zsh", "compdef _devkeep devkeep")]
    public void Each_shell_gets_its_script(string shell, string expected)
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Success, host.Run("completion", shell));
        Assert.Contains(expected, host.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_answers_what_the_scripts_ask()
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Success, host.Run("[suggest:9]", "devkeep s"));
        Assert.Contains("show", host.Output, StringComparison.Ordinal);
        Assert.Contains("status", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("bind\n", host.Output, StringComparison.Ordinal);
    }
}
