namespace Devices.Pci;

/// <summary>Where a block of a CXL device's registers is.</summary>
/// <param name="BarIndex">The BAR: 0 to 5.</param>
/// <param name="Id">What it is.</param>
/// <param name="Offset">Where in that BAR it begins, a multiple of 64 KiB.</param>
public readonly record struct CxlRegisterBlock(int BarIndex, CxlRegisterBlockId Id, ulong Offset);
