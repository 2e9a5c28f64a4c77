namespace Devices.Qemu;

/// <summary>A set of descriptors: what <c>query-fdsets</c> and <c>add-fd</c> return, and <c>remove-fd</c> takes.</summary>
internal sealed record FdSet(long FdsetId, IReadOnlyList<FdSetLabel>? Fds = null);
