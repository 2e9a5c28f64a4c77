using BenchmarkDotNet.Attributes;
using Devices.Pci;

namespace Devices.Bench.Figures;

/// <summary>What BenchmarkDotNet runs: class and revision of a function of this machine, which are constant, by the raw view.</summary>
public class CachedReads
{
    private SysfsConfigSpace _sysfs = null!;
    private CachedConfigSpace _cache = null!;

    /// <summary>Any function will do.</summary>
    internal static PciFunction FunctionHere => PciFunction.EnumerateAll() is [var first, ..] ? first : throw new InvalidOperationException("This machine has no PCI function.");

    private protected virtual PciFunction Function => FunctionHere;

    /// <summary>Opens the function.</summary>
    [GlobalSetup]
    public void Open()
    {
        _sysfs = Function.OpenConfigSpace();
        _cache = new CachedConfigSpace(_sysfs);
    }

    /// <summary>Closes it.</summary>
    [GlobalCleanup]
    public void Close() => _sysfs.Dispose();

    /// <summary>One read.</summary>
    /// <returns>The dword.</returns>
    [Benchmark]
    public uint Read() => _cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION);
}
