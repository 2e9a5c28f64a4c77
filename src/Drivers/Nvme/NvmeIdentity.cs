namespace Devices.Drivers;

/// <summary>What a controller says of itself (Identify Controller, CNS 1).</summary>
/// <param name="Model">Model number (MN), without its padding.</param>
/// <param name="Serial">Serial number (SN), without its padding.</param>
/// <param name="Firmware">Firmware revision (FR), without its padding.</param>
/// <param name="MaxTransferBytes">The most that one command moves (MDTS), in bytes; 0 if the controller has no limit.</param>
/// <param name="HasVolatileWriteCache">Whether written data needs a flush to be safe from a power loss (VWC).</param>
/// <param name="HasTimestamp">Whether it keeps a timestamp that tells of resets (ONCS bit 6).</param>
public sealed record NvmeIdentity(string Model, string Serial, string Firmware, int MaxTransferBytes, bool HasVolatileWriteCache, bool HasTimestamp);
