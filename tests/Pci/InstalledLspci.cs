using System.Diagnostics;

namespace Devices.Tests.Pci;

/// <summary>The lspci of this machine, or the one that a variable names: a newer one decodes more.</summary>
internal static class InstalledLspci
{
    public const string Variable = "DEVKEEP_LSPCI";

    public static string Path => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : "/usr/bin/lspci";

    public static bool IsThere => File.Exists(Path);

    /// <summary>What lspci says of a dump, the bytes among it.</summary>
    public static string Decode(string dump)
    {
        var start = new ProcessStartInfo(Path) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-F", dump, "-vv", "-xxxx"])
            start.ArgumentList.Add(argument);
        using var lspci = Process.Start(start)!;
        lspci.ErrorDataReceived += static (_, _) => { };
        lspci.BeginErrorReadLine();
        var text = lspci.StandardOutput.ReadToEnd();
        Assert.True(lspci.WaitForExit(TimeSpan.FromSeconds(10)), "lspci does not end");
        Assert.Equal(0, lspci.ExitCode);
        return text;
    }
}
