using System.Diagnostics;
using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>A process that <c>RLIMIT_MEMLOCK</c> binds: this program again, without CAP_IPC_LOCK, with the command <c>memlock</c>.</summary>
internal static class MemlockProcess
{
    internal const ulong Limit = 1 << 20;

    /// <summary>Runs it to its end.</summary>
    /// <returns>What it complained of; empty if all was as it should be.</returns>
    internal static string Complaints(IommuMode mode, PciAddress device)
    {
        string[] command =
        [
            "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock", "--",
            "prlimit", $"--memlock={Limit}:{Limit}", "--", Environment.ProcessPath!, "memlock", mode.ToString(), device.ToString(),
        ];
        using var process = Process.Start(new ProcessStartInfo("setpriv", command) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var complaints = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        if (!process.WaitForExit(Patience.Limit)) process.Kill();
        return process.ExitCode == 0 ? complaints : $"exit code {process.ExitCode}: {complaints}";
    }

    /// <summary>Is the process.</summary>
    internal static int Run(string mode, string device)
    {
        using var iommu = VfioIommu.Open(Enum.Parse<IommuMode>(mode));
        using var attached = iommu.Attach(PciFunction.Open(PciAddress.Parse(device))).Device;
        var before = iommu.ReadMemlockBudget();
        Expect(before.Limit == Limit, $"the limit is {before.Limit}");
        Expect(before.Allows(Limit / 2), $"{before} does not allow half of it");
        Expect(Refusal(() => before.Demand(2 * Limit, "a plan")) is MemlockException { Needed: 2 * Limit }, "a plan beyond the limit was not refused");
        using (DmaMemory.Allocate(iommu.Mapper, "half", Limit / 2, new Iova(0x40_0000)))
        {
            var during = iommu.ReadMemlockBudget();
            Expect(during.Used >= before.Used + (Limit / 2), $"{during.Used} of {before.Used} and {Limit / 2} are counted");
            Expect(!during.Allows(Limit), $"{during} allows more than there is");
            var refusal = Refusal(() => DmaMemory.Allocate(iommu.Mapper, "too much", Limit, new Iova(0x80_0000)));
            Expect(refusal is LinuxException { Errno: Errno.ENOMEM } failure && failure.Message.Contains("RLIMIT_MEMLOCK", StringComparison.Ordinal), $"mapping too much ended with {refusal}");
            if (iommu.Mode != IommuMode.Iommufd) Expect(refusal is MemlockException { Needed: Limit }, $"mapping too much ended with {refusal}");
        }

        Expect(iommu.ReadMemlockBudget().Used == before.Used, "what is unmapped counts still");
        return 0;
    }

    private static void Expect(bool condition, string complaint)
    {
        if (!condition) Console.WriteLine(complaint);
    }

    private static Exception? Refusal(Action action) => Record.Exception(action);
}
