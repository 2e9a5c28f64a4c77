using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

/// <summary>A function with the bytes of a dump. What a write may change of it is what the specification lets be written; it changes nothing by itself.</summary>
internal sealed class DumpFunction : IPciConfigSpace
{
    private readonly byte[] _bytes;
    private readonly bool[] _writable;

    public DumpFunction(IPciConfigSpace dump, ConfigSpaceView view = ConfigSpaceView.Raw, string? subject = null)
    {
        _bytes = new byte[dump.Length];
        dump.Read(0, _bytes);
        View = view;
        Subject = subject ?? dump.Subject;
        _writable = Writable();
    }

    public int Length => _bytes.Length;

    public ConfigSpaceView View { get; }

    public string Subject { get; }

    public int DwordsRead { get; private set; }

    /// <summary>What happens while it is read.</summary>
    public Action? WhileRead { get; set; }

    /// <summary>The bytes, which a test may change as the device itself would.</summary>
    public Span<byte> Bytes => _bytes;

    public static IEnumerable<ConfigSpaceDump> AllDumps =>
        ConfigDumps.Own.Concat(ConfigDumps.SharedFolder is { } shared ? ConfigDumps.FilesOf(shared) : []).SelectMany(ConfigSpaceDump.Load)
            .Where(static dump => dump.Length % 4 == 0);

    public void Read(int offset, Span<byte> destination)
    {
        DwordsRead += (offset + destination.Length + 3) / 4 - (offset / 4);
        WhileRead?.Invoke();
        _bytes.AsSpan(offset, destination.Length).CopyTo(destination);
    }

    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        for (var i = 0; i < source.Length; i++)
        {
            if (_writable[offset + i])
                _bytes[offset + i] = source[i];
        }
    }

    // What of the header, of MSI, MSI-X, AER and PCI Express software owns is kept as written, and vendors' and nobody's bytes are, too. Where a broken list has
    // two capabilities claim a byte, it is not written.
    private bool[] Writable()
    {
        var owners = new List<PciCapability>?[_bytes.Length];
        foreach (var capability in PciCapabilities.Read(ConfigSpaceSnapshot.FromBytes(_bytes, Subject)))
        {
            for (var at = capability.Offset; at < capability.Offset + capability.Raw.Length; at++)
                (owners[at] ??= []).Add(capability);
        }

        var writable = new bool[_bytes.Length];
        for (var offset = 0; offset < writable.Length; offset++)
        {
            writable[offset] = offset < PciRegs.PCI_STD_HEADER_SIZEOF
                ? IsWritableHeader(offset)
                : owners[offset] is not { } claimed || (claimed.Count == 1 && IsWritable(claimed[0], offset - claimed[0].Offset));
        }

        return writable;
    }

    private static bool IsWritable(PciCapability owner, int register) => (owner, register) switch
    {
        (MsiCapability, >= 4) or (MsixCapability, 3) or (AerCapability, >= 8) or (VendorSpecificCapability, >= 3) => true,
        (PciExpressCapability, PciRegs.PCI_EXP_DEVCTL or PciRegs.PCI_EXP_LNKCTL or PciRegs.PCI_EXP_DEVCTL2) => true,
        _ => false,
    };

    private static bool IsWritableHeader(int offset) =>
        offset is PciRegs.PCI_COMMAND or PciRegs.PCI_COMMAND + 1 or PciRegs.PCI_CACHE_LINE_SIZE or PciRegs.PCI_LATENCY_TIMER or PciRegs.PCI_INTERRUPT_LINE
            or (>= PciRegs.PCI_BASE_ADDRESS_0 and < PciRegs.PCI_BASE_ADDRESS_2);
}
