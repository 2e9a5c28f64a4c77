using Devices.Iommufd;

namespace Devices.Drivers;

/// <summary>A copy by the device's addresses.</summary>
/// <param name="Source">Where the device reads; any alignment.</param>
/// <param name="Destination">Where it writes; any alignment. Must not overlap the source.</param>
/// <param name="Length">In bytes, at least 1.</param>
public readonly record struct IgbCopy(Iova Source, Iova Destination, int Length);
