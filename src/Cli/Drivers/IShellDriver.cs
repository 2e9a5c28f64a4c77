using Devices.Iommufd;
using Devices.Pci;
using Devices.Preservation;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>A driver that the command can run on a device itself, without a VMM.</summary>
internal interface IShellDriver
{
    /// <summary>Its name on the command line and in the record.</summary>
    string Name { get; }

    /// <summary>The memory that it needs for a device, in bytes; 0 for none.</summary>
    ulong MemoryLength { get; }

    /// <summary>Whether it can drive a device.</summary>
    bool Drives(PciFunction function);

    /// <summary>Initialises a device.</summary>
    IKeepableDriver Start(DmaAttachment attachment, DmaMemory? memory);

    /// <summary>Goes on with a device from its saved state, touching nothing that resets it.</summary>
    IKeepableDriver Continue(RestoredDevice device, DmaMemory? memory);
}
