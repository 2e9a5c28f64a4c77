using System.Buffers.Binary;
using Devices.HwTests.Broker;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.HwTests.Cli;

/// <summary><c>devkeep run</c> by root, without devkeepd: what the program that it becomes has, and has not.</summary>
public sealed class RunCommandTests
{
    [SkippableFact]
    public void Root_opens_devices_and_memory_for_a_program_that_has_neither_rights_nor_other_files()
    {
        using var nvme = new BorrowedFunction(BoundDevice.NvmeFunction());
        var device = nvme.Function.Address;
        const string Script = """
            ls -l /proc/$$/fd
            grep -E '^(Uid|NoNewPrivs|Cap...):' /proc/self/status
            grep 'Max locked memory' /proc/$$/limits
            echo "told $1 $2 $3"
            stat -L -c 'size %s' "/proc/$$/fd/$3"
            head -c 1 /dev/iommu || true
            exit 7
            """;
        using var process = Devkeep.StartAs(user: 0, memlock: 1 << 20,
            "run", "--alone", "--device", device.ToString(), "--memory", "16M", "--user", $"{UnprivilegedGuest.User}", "--",
            "sh", "-c", Script, "sh", "{iommufd}", $"{{device:{device}}}", "{memory}");
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 7, error);
        var told = output.Split('\n').First(static line => line.StartsWith("told ", StringComparison.Ordinal)).Split(' ');
        // Not by a pipeline, whose ends the shell has open while ls looks.
        var files = output.Split('\n').Select(static line => line.Split(" -> ")).Where(static link => link.Length == 2).ToDictionary(static link => link[0].Split(' ')[^1], static link => link[1]);
        foreach (var standard in new[] { "0", "1", "2" }) files.Remove(standard);
        Assert.Equal(new Dictionary<string, string> { [told[1]] = "/dev/iommu", [told[2]] = $"/dev/vfio/devices/{nvme.Function.VfioCdevName}", [told[3]] = "/memfd:guest-ram (deleted)" }, files);
        Assert.Contains("size 16777216", output, StringComparison.Ordinal);
        Assert.Contains($"Uid:\t{UnprivilegedGuest.User}\t{UnprivilegedGuest.User}\t", output, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", output, StringComparison.Ordinal);
        foreach (var set in new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" }) Assert.Contains($"{set}:\t0000000000000000", output, StringComparison.Ordinal);
        Assert.Contains("/dev/iommu", error, StringComparison.Ordinal); // what it inherited it cannot open
        Assert.Contains($"{(1L << 30) + (16 << 20)} ", output, StringComparison.Ordinal);
        Assert.Contains("RLIMIT_MEMLOCK", error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void QEMU_has_memory_by_name_as_its_guest_s_RAM()
    {
        const int Address = 16 << 20;
        using var keeper = new KeeperCommand();
        using (var client = KeeperClient.Connect())
        {
            NamedMemory.Create(client, "ram", 64 << 20);
            using var ram = NamedMemory.Open(client, "ram")!;
            ram.Fd.WriteExactlyAt("devkeep!"u8, Address);
        }

        using var qemu = Devkeep.StartAs(user: 0, memlock: 1 << 20,
            "run", "--alone", "--memory", "ram", "--user", $"{UnprivilegedGuest.User}", "--vmm", "qemu", "--",
            "qemu-system-x86_64", "-S", "-M", "pc", "-accel", "tcg", "-nodefaults", "-display", "none", "-monitor", "stdio");
        qemu.StandardInput.Write($"xp /1gx {Address}\nquit\n");
        qemu.StandardInput.Close();
        var output = qemu.StandardOutput.ReadToEnd();
        qemu.WaitForExit();
        Assert.True(qemu.ExitCode == 0, qemu.StandardError.ReadToEnd());
        Assert.Contains($"0x{BinaryPrimitives.ReadUInt64LittleEndian("devkeep!"u8):x16}", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_device_that_somebody_drives_is_refused()
    {
        using var nvme = BoundDevice.Nvme();
        var (code, _, error) = Devkeep.Run("run", "--alone", "--device", nvme.Function.Address.ToString(), "--user", "root", "--", "true", $"{{device:{nvme.Function.Address}}}");
        Assert.Equal(1, code);
        Assert.Contains($"(pid {Environment.ProcessId})", error, StringComparison.Ordinal);
    }
}
