namespace Devices.Pci;

/// <summary>A cache in a <see cref="ConfigCacheStore"/>.</summary>
/// <param name="Address">The function; for <see cref="ConfigCacheKind.VirtualFunctions"/> the PF.</param>
/// <param name="Kind">What it is of.</param>
/// <param name="View">The view that it is of.</param>
/// <param name="Boot">The running kernel's id when it was saved (<c>/proc/sys/kernel/random/boot_id</c>).</param>
/// <param name="Device">The number of the function's directory in sysfs then: while that kernel runs, no other device gets it.</param>
/// <param name="SerialNumber">The function's serial number, if it was cached; it is taken back only while that kernel runs.</param>
/// <param name="Record">What <see cref="ConfigCacheRecord"/> wrote.</param>
public sealed record StoredConfigCache(
    PciAddress Address, ConfigCacheKind Kind, ConfigSpaceView View, Guid Boot, ulong Device, ulong? SerialNumber, ReadOnlyMemory<byte> Record)
{
    internal (PciAddress Address, ConfigCacheKind Kind, ConfigSpaceView View) Key => (Address, Kind, View);

    internal bool IsAs(StoredConfigCache other) =>
        Boot == other.Boot && Device == other.Device && SerialNumber == other.SerialNumber && Record.Span.SequenceEqual(other.Record.Span);
}
