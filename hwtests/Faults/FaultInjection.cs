using System.Text;
using Devices.Linux;

namespace Devices.HwTests.Faults;

/// <summary>
/// Makes one allocation of the kernel fail in the calls of one thread: <c>fail-nth</c> of Linux' fault injection, as the kernel's own
/// iommufd_fail_nth selftest uses it.
/// </summary>
/// <remarks>For the thread that makes it. Memory for the process itself, where a page fault would find none, never fails.</remarks>
internal sealed class FaultInjection : IDisposable
{
    private const string Debug = "/sys/kernel/debug";

    // Both say by default that what may wait for memory does not fail, which is nearly all.
    private static readonly (string File, string Value)[] s_settings =
    [
        ("failslab/ignore-gfp-wait", "N"),
        ("failslab/verbose", "0"),
        ("fail_page_alloc/ignore-gfp-wait", "N"),
        ("fail_page_alloc/min-order", "0"),
        ("fail_page_alloc/verbose", "0"),
    ];

    private readonly string[] _former;
    private readonly FileDescriptor _failNth;

    internal FaultInjection()
    {
        Skip.IfNot(Directory.Exists($"{Debug}/failslab"), "the kernel has no fault injection (CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC, debugfs)");
        _former = [.. s_settings.Select(static setting => File.ReadAllText($"{Debug}/{setting.File}").Trim())];
        foreach (var (file, value) in s_settings) File.WriteAllText($"{Debug}/{file}", value);
        _failNth = FileDescriptor.Open("/proc/thread-self/fail-nth", OpenMode.ReadWrite);
    }

    /// <summary>Lets the N-th allocation from now on fail, and none after it.</summary>
    internal void Arm(uint nth) => _failNth.WriteExactlyAt(Encoding.ASCII.GetBytes($"{nth}"), 0);

    /// <summary>Ends it.</summary>
    /// <returns>Whether there were that many allocations, and so one failed.</returns>
    internal bool Disarm()
    {
        Span<byte> text = stackalloc byte[16];
        var length = _failNth.ReadAt(text, 0);
        _failNth.WriteExactlyAt("0"u8, 0);
        return text[..length].SequenceEqual("0\n"u8);
    }

    public void Dispose()
    {
        _failNth.Dispose();
        for (var i = 0; i < s_settings.Length; i++) File.WriteAllText($"{Debug}/{s_settings[i].File}", _former[i]);
    }
}
