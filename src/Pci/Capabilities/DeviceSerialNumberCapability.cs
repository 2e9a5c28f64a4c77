using System.Globalization;

namespace Devices.Pci;

/// <summary>Device Serial Number (<c>PCI_EXT_CAP_ID_DSN</c>): an EUI-64, the same for all functions of a device.</summary>
public sealed class DeviceSerialNumberCapability : PciCapability
{
    /// <summary>Offset of the lower 32 bits.</summary>
    public const int LowerRegister = 4;

    /// <summary>Offset of the upper 32 bits.</summary>
    public const int UpperRegister = 8;

    internal DeviceSerialNumberCapability(CapabilityBody body)
        : base(body)
    {
    }

    /// <summary>The serial number.</summary>
    public ulong SerialNumber => ((ulong)UInt32At(UpperRegister) << 32) | UInt32At(LowerRegister);

    /// <summary>The serial number as lspci writes it: <c>00-0e-df-10-b5-97-00-aa</c>, highest byte first.</summary>
    public string SerialNumberText =>
        string.Join('-', Enumerable.Range(0, 8).Select(i => ((byte)(SerialNumber >> (56 - (8 * i)))).ToString("x2", CultureInfo.InvariantCulture)));
}
