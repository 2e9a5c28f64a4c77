using System.Buffers.Binary;
using Devices.Linux;
using Devices.Pci;

namespace Devices.HwTests.Vfio;

/// <summary>Errors that a device reports by AER, made up by the kernel (<c>CONFIG_PCIEAER_INJECT</c>).</summary>
internal static class AerInjection
{
    /// <summary>An uncorrectable error that is no fatal one: the device is not reset.</summary>
    internal static void CompleterAbort(PciAddress address)
    {
        const uint Status = 0x8000;
        // struct aer_error_inj of the kernel's aer_inject.c.
        Span<byte> error = stackalloc byte[32];
        error.Clear();
        error[0] = address.Bus;
        error[1] = address.Device;
        error[2] = address.Function;
        BinaryPrimitives.WriteUInt32LittleEndian(error[4..], Status);
        BinaryPrimitives.WriteUInt32LittleEndian(error[28..], address.Domain);
        using var injector = FileDescriptor.Open("/dev/aer_inject", OpenMode.WriteOnly);
        injector.Write(error);
    }
}
