namespace Devices.Qemu;

/// <summary>What <c>object-add</c> takes for an iommufd; the descriptor is the name that <c>getfd</c> gave it.</summary>
internal sealed record IommufdObject(string QomType, string Id, string Fd);
