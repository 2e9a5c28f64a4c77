namespace Devices.Qemu;

/// <summary>A descriptor of a set, by what its owner calls it: what <c>add-fd</c> takes.</summary>
internal sealed record FdSetLabel(string? Opaque);
