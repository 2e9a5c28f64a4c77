namespace Devices.Qemu;

/// <summary>What <c>qom-list</c> returns one of for each object.</summary>
internal sealed record QomChild(string Name, string Type);
