using System.Globalization;
using System.Text.Json;

namespace Devices.HwTests.Endurance;

/// <summary>The table of a figure, and the same as JSON: from a directory that has one for each of its cases.</summary>
internal static class EnduranceReport
{
    private const string FileName = "kexecs.json";

    /// <summary>Prints it and writes it down.</summary>
    /// <returns>The exit code: 0 if every kexec of every case was verified.</returns>
    internal static int Write(string directory)
    {
        IReadOnlyList<CaseReport> cases =
        [
            .. Directory.EnumerateDirectories(directory).OrderBy(static path => path, StringComparer.Ordinal)
                .Select(static path => CaseReport.Of(Path.GetFileName(path), RoundResult.LoadAll(path))),
        ];
        File.WriteAllText(Path.Combine(directory, FileName), JsonSerializer.Serialize(cases, EnduranceJson.Default.IReadOnlyListCaseReport));
        Print(cases);
        return cases.All(static one => one.Passed) && cases.Count > 0 ? 0 : 1;
    }

    private static void Print(IReadOnlyList<CaseReport> cases)
    {
        Row("", "kexecs", "devices", "freeze", "shutdown", "boot", "restore", "resume", "total", "longest", "toolkit", "own CPU");
        foreach (var one in cases)
        {
            if (one.MedianMs is not { } ms)
            {
                Row(one.Name, "0", "none came over");
                continue;
            }

            Row(
                one.Name,
                $"{one.Kexecs} of {one.Rounds[0].Of}",
                string.Join(", ", one.Rounds[0].Tiers.Select(static tier => $"{tier.Value} {tier.Key.ToLowerInvariant()}")),
                Text(ms.Freeze),
                Text(ms.KernelShutdown),
                Text(ms.KernelBoot),
                Text(ms.Restore),
                Text(ms.Resume),
                Text(ms.Total),
                Text(one.LongestMs),
                Text(ms.Toolkit),
                Text(one.MedianUserMs));
        }

        Console.WriteLine("Medians in milliseconds. The toolkit's are freeze, restore and resume; own CPU is what its worker computed in the next kernel: the rest of the restore is the kernel's, and .NET's start.");
        foreach (var one in cases.Where(static one => one.Kexecs > 0))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Name}: {one.MemoryBytes >> 20} MiB of memory and {one.DiskBytes >> 20} MiB of disks compared byte by byte; {one.Rounds.Sum(static round => (long)round.InFlight)} commands in flight at the freezes, {one.Rounds.Sum(static round => (long)round.Writes)} writes until then. {(one.Passed ? "All was as it was." : "FAILED: it ended early.")}"));
            Console.WriteLine($"  restore: {string.Join(", ", one.MedianStepsMs.Select(static step => $"{step.Key} {Text(step.Value)}"))}");
        }
    }

    private static string Text(double milliseconds) => milliseconds.ToString("f1", CultureInfo.InvariantCulture);

    private static void Row(params string[] cells) => Console.WriteLine(string.Concat(cells.Select(static (cell, index) => index == 0 ? cell.PadRight(16) : cell.PadLeft(index == 2 ? 20 : 10))).TrimEnd());
}
