namespace Devices.Pci;

/// <summary>Non-CXL Function Map DVSEC (<c>PCI_DVSEC_CXL_FUNCTION_MAP</c>): the functions of the device that take no part in CXL.cache and CXL.mem.</summary>
public sealed class CxlFunctionMapDvsec : DesignatedVendorSpecificCapability
{
    /// <summary>Offset of the first register; seven more follow, 32 bits each.</summary>
    public const int FunctionMapRegister = 0x0C;

    /// <summary>How many registers there are.</summary>
    public const int RegisterCount = 8;

    internal const int MinLength = FunctionMapRegister + (RegisterCount * sizeof(uint));

    internal CxlFunctionMapDvsec(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The registers, a bit a function.</summary>
    public IReadOnlyList<uint> FunctionMap => [.. Enumerable.Range(0, RegisterCount).Select(i => UInt32At(FunctionMapRegister + (i * sizeof(uint))))];
}
