using System.Diagnostics;

namespace Devices.Tests.Broker;

/// <summary>The unit files, as systemd reads them.</summary>
public sealed class SystemdUnitTests : IDisposable
{
    private const string Analyzer = "/usr/bin/systemd-analyze";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("units");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public void Systemd_finds_nothing_wrong_but_what_it_is_too_old_to_know()
    {
        Skip.IfNot(File.Exists(Analyzer), $"there is no {Analyzer}");
        var units = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Broker", "systemd"));
        Assert.Equal(["devkeepd.service", "devkeepd.socket"], units.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        // The program is not installed here, which it would complain of.
        foreach (var unit in units)
            File.WriteAllText(Path.Combine(_folder.FullName, Path.GetFileName(unit)), File.ReadAllText(unit).Replace("/usr/bin/devkeepd", "/bin/true", StringComparison.Ordinal));
        using var process = Process.Start(new ProcessStartInfo(Analyzer, ["verify", .. _folder.GetFiles().Select(static file => file.FullName)]) { UseShellExecute = false, RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        // Known from systemd 254 on.
        Assert.DoesNotContain(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => line.Contains("devkeepd", StringComparison.Ordinal) && !line.Contains("FileDescriptorStorePreserve", StringComparison.Ordinal));
    }
}
