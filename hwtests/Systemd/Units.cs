using System.Diagnostics;
using System.Globalization;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.Pci;

namespace Devices.HwTests.Systemd;

/// <summary>PID 1 of the guest <c>systemd</c>, as a shell has it: by <c>systemctl</c>.</summary>
internal static class Units
{
    internal const string Devkeepd = "devkeepd.service";
    internal const string DevkeepdSocket = "devkeepd.socket";
    internal const string Keeper = "devkeep-keeper.service";
    internal const string Restore = "devkeep-restore.service";
    internal const string PolicyPath = "/etc/devkeep/devkeepd.json";

    // Where a unit's file is until the kernel ends.
    private const string Here = "/run/systemd/system";

    // What each kernel of the guest has in its /etc.
    private static string Everywhere => Path.Combine(Environment.GetEnvironmentVariable("DEVKEEP_RESULTS")!, "etc");

    /// <summary>The device that the tests take; skips the test outside of a guest, whose units and policy are nobody's.</summary>
    internal static PciFunction Nvme()
    {
        Skip.IfNot(Rig.IsGuest, "not a guest of the lab");
        return BoundDevice.NvmeFunction();
    }

    /// <summary>Runs it, and expects that it succeeds.</summary>
    internal static void Do(params string[] args)
    {
        var (code, output) = Run(args);
        Assert.True(code == 0, $"systemctl {string.Join(' ', args)}: {code}\n{output}");
    }

    /// <summary>What a unit's property is.</summary>
    internal static string Show(string unit, string property) => Run("show", "--value", "--property", property, unit).Output.Trim();

    internal static int ShowNumber(string unit, string property) => int.Parse(Show(unit, property), CultureInfo.InvariantCulture);

    /// <summary>How many descriptors are stored for a unit.</summary>
    internal static int Stored(string unit) => ShowNumber(unit, "NFileDescriptorStore");

    /// <summary>Waits until a property has a value.</summary>
    internal static void Await(string unit, string property, string value) =>
        Assert.True(Within(() => Show(unit, property) == value), $"{property} of {unit} is {Show(unit, property)} and not {value}");

    /// <summary>Kills a service's main process, and waits until systemd has started it again.</summary>
    internal static void Kill(string unit)
    {
        var restarts = ShowNumber(unit, "NRestarts");
        Do("kill", "--kill-who=main", "--signal=KILL", unit);
        AwaitRestart(unit, restarts + 1);
    }

    /// <summary>Waits until systemd has started a service anew so often.</summary>
    internal static void AwaitRestart(string unit, int restarts)
    {
        Await(unit, "NRestarts", restarts.ToString(CultureInfo.InvariantCulture));
        Await(unit, "ActiveState", "active");
    }

    /// <summary>Writes a unit's file, or a part of one (<c>devkeepd.service.d/test.conf</c>), and has systemd read it.</summary>
    internal static void Write(string name, string content)
    {
        WriteAll(Path.Combine(Here, name), content);
        Do("daemon-reload");
    }

    /// <summary>Takes that away again.</summary>
    internal static void Delete(string name)
    {
        File.Delete(Path.Combine(Here, name));
        Do("daemon-reload");
    }

    /// <summary>Writes a file of <c>/etc</c>, for this kernel and for the next.</summary>
    internal static void WriteToStay(string name, string content)
    {
        WriteAll(Path.Combine("/etc", name), content);
        WriteAll(Path.Combine(Everywhere, name), content);
    }

    /// <summary>Has the next kernel start a unit at its boot: <c>systemctl enable</c>.</summary>
    internal static void Enable(string unit)
    {
        var wants = Directory.CreateDirectory(Path.Combine(Everywhere, "systemd/system/multi-user.target.wants"));
        File.CreateSymbolicLink(Path.Combine(wants.FullName, unit), $"../{unit}");
    }

    internal static void WritePolicy(string policy) => WriteAll(PolicyPath, policy);

    internal static bool Within(Func<bool> condition) => Patience.Until(() => Pause(condition));

    // Each question is a process, and those that are waited for have the same CPUs.
    private static bool Pause(Func<bool> condition)
    {
        if (condition()) return true;
        Thread.Sleep(300);
        return false;
    }

    private static void WriteAll(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private static (int Code, string Output) Run(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("systemctl", args) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
