using System.Globalization;
using System.Text;

namespace Devices.LiveUpdate;

/// <summary>What the running kernel says of its ability to hand state to the next one: a snapshot.</summary>
/// <remarks>
/// <c>/sys/class/misc/liveupdate</c>, <c>/proc/cmdline</c>, <c>/proc/version</c> and debugfs <c>kho/</c>. The scratch areas and format strings take root, a mounted debugfs and
/// <c>CONFIG_KEXEC_HANDOVER_DEBUGFS</c>; where they are missing, the members say "not known" instead of guessing.
/// </remarks>
public sealed class HandoverState
{
    private HandoverState(bool khoEnabled, bool liveUpdateEnabled, IReadOnlyList<ScratchArea>? scratch, AbiVersions abi, IReadOnlyList<string> problems)
    {
        KhoEnabled = khoEnabled;
        LiveUpdateEnabled = liveUpdateEnabled;
        ScratchAreas = scratch;
        Abi = abi;
        Problems = problems;
    }

    /// <summary>Whether Kexec Handover is on: shown by live update being on, or by debugfs.</summary>
    public bool KhoEnabled { get; }

    /// <summary>Whether live update is on: there is <c>/dev/liveupdate</c>.</summary>
    public bool LiveUpdateEnabled { get; }

    /// <summary>The scratch areas in the order in which a kexec fills them; null where debugfs does not tell.</summary>
    /// <remarks><c>kho/out/scratch_phys</c> and <c>scratch_len</c>.</remarks>
    public IReadOnlyList<ScratchArea>? ScratchAreas { get; }

    /// <summary>The formats in which the running kernel hands over.</summary>
    /// <remarks>
    /// KHO's from <c>kho/out/fdt</c> (after a kexec there is only <c>kho/in/fdt</c>, which this kernel has accepted), LUO's from <c>kho/out/sub_fdts/LUO</c>. No file shows the memfd format:
    /// it comes from the running kernel's image, if one was given to <see cref="Read(ReadOnlySpan{KernelImage})"/>.
    /// </remarks>
    public AbiVersions Abi { get; }

    /// <summary>What stands in the way of a live update, each with its way out; empty when nothing does.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Reads the state.</summary>
    /// <param name="images">Kernel images that may be the running one, which they prove by <c>/proc/version</c>: the source of the memfd format. Others are ignored.</param>
    /// <returns>The state now.</returns>
    public static HandoverState Read(params ReadOnlySpan<KernelImage> images) => Read("/", images);

    /// <summary>Whether a kernel and its initrd find room in the scratch memory.</summary>
    /// <param name="kernel">The next kernel.</param>
    /// <param name="initrdLength">The initrd's length in bytes; 0 for none.</param>
    /// <returns>Whether it fits; null where the scratch areas are not known.</returns>
    /// <remarks><c>kexec_file_load</c> answers EADDRNOTAVAIL to what does not fit. This places the segments as it does.</remarks>
    public bool? Fits(KernelImage kernel, long initrdLength)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfNegative(initrdLength);
        return ScratchAreas is null ? null : new ScratchPlacement(ScratchAreas).Fits(kernel, initrdLength);
    }

    internal static HandoverState Read(string root, ReadOnlySpan<KernelImage> images)
    {
        var kho = Path.Combine(root, "sys/kernel/debug/kho");
        var liveUpdate = Path.Exists(Path.Combine(root, "sys/class/misc/liveupdate"));
        var commandLine = ReadCommandLine(root);
        var khoOff = commandLine?.GetSwitch("kho") == false;
        // kernel/liveupdate/kexec_handover.c makes this folder only when KHO is on.
        var enabled = liveUpdate || (Directory.Exists(kho) && !khoOff);
        var scratch = ReadScratch(kho);
        var version = ReadText(Path.Combine(root, "proc/version"))?.TrimEnd('\n');
        string? memfd = null;
        foreach (var image in images)
        {
            if (version is not null && image.HasBanner(version))
                memfd = image.Abi.Memfd;
        }
        var abi = new AbiVersions(
            FindOne(Path.Combine(kho, "out/fdt"), scanner => scanner.Kho) ?? FindOne(Path.Combine(kho, "in/fdt"), scanner => scanner.Kho),
            FindOne(Path.Combine(kho, "out/sub_fdts/LUO"), scanner => scanner.Luo),
            memfd);
        return new HandoverState(enabled, liveUpdate, scratch, abi, Judge(root, commandLine, enabled, liveUpdate, scratch is not null));
    }

    private static List<string> Judge(string root, KernelCommandLine? commandLine, bool kho, bool liveUpdate, bool debugfs)
    {
        var problems = new List<string>();
        if (!kho && commandLine?.GetSwitch("kho") == false)
            problems.Add("KHO is off (kho=off on the running kernel's command line): boot it with kho=on.");
        else if (!kho && commandLine?.GetSwitch("kho") == true)
            problems.Add("KHO is not available although the command line says kho=on: the kernel lacks CONFIG_KEXEC_HANDOVER, found no room for its scratch memory, or is a kdump kernel. The kernel log tells.");
        else if (!kho && !liveUpdate && !debugfs)
            problems.Add("There is no sign of KHO: boot the kernel with kho=on, and mount debugfs to see its state.");
        if (!liveUpdate)
        {
            problems.Add(commandLine?.GetSwitch("liveupdate") == true
                ? "Live update is not available although the command line says liveupdate=on: KHO is off, the kernel lacks CONFIG_LIVEUPDATE, or it could not read what the previous kernel left. The kernel log tells."
                : "Live update is off: boot the kernel with liveupdate=on (and kho=on).");
        }
        if (liveUpdate && !debugfs)
        {
            problems.Add(Directory.Exists(Path.Combine(root, "sys/kernel/debug/kho"))
                ? "KHO's state in debugfs cannot be read: it takes root."
                : "KHO's state is not in /sys/kernel/debug/kho: mount debugfs there; without it (or without CONFIG_KEXEC_HANDOVER_DEBUGFS) neither the next kernel's fit nor its formats can be checked beforehand.");
        }
        return problems;
    }

    private static KernelCommandLine? ReadCommandLine(string root)
        => ReadText(Path.Combine(root, "proc/cmdline")) is { } text ? KernelCommandLine.Parse(text.TrimEnd('\n')) : null;

    private static List<ScratchArea>? ReadScratch(string kho)
    {
        if (ReadNumbers(Path.Combine(kho, "out/scratch_phys")) is not { } addresses || ReadNumbers(Path.Combine(kho, "out/scratch_len")) is not { } lengths)
            return null;
        // A line that is no number, or one list shorter than the other: not a kernel that is understood here.
        if (addresses.Count != lengths.Count)
            return null;
        var areas = new List<ScratchArea>(addresses.Count);
        for (var i = 0; i < addresses.Count; i++)
            areas.Add(new ScratchArea(addresses[i], lengths[i]));
        return areas;
    }

    private static List<ulong>? ReadNumbers(string path)
    {
        if (ReadText(path) is not { } text)
            return null;
        var numbers = new List<ulong>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith("0x", StringComparison.Ordinal) || !ulong.TryParse(line.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
                return null;
            numbers.Add(number);
        }
        return numbers;
    }

    private static string? FindOne(string path, Func<AbiScanner, IReadOnlyCollection<string>> which)
    {
        if (ReadBytes(path) is not { } bytes)
            return null;
        var scanner = new AbiScanner();
        scanner.Scan(bytes);
        var found = which(scanner);
        return found.Count == 1 ? found.Single() : null;
    }

    private static string? ReadText(string path) => ReadBytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private static byte[]? ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there or not for us: the member that depends on it is "not known".
            return null;
        }
    }
}
