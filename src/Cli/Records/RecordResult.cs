using Devices.Iommufd;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What <c>devkeep record show</c> finds.</summary>
/// <param name="Session">The session's name.</param>
/// <param name="Phase"><c>preserved</c>, <c>frozen</c> or <c>resumed</c>.</param>
/// <param name="Writer">The release that wrote it.</param>
/// <param name="BootId">The boot of the kernel under which it was written last.</param>
/// <param name="Length">The record's bytes.</param>
/// <param name="Slots">Its two slots.</param>
/// <param name="Devices">The devices.</param>
/// <param name="Memory">The memory.</param>
/// <param name="Mappings">The DMA mappings.</param>
/// <param name="PhysicalFunctions">The PFs whose VFs are enabled again.</param>
/// <param name="HostConfigCacheLength">The bytes of the host's caches of configuration space.</param>
internal sealed record RecordResult(
    string Session,
    string Phase,
    string Writer,
    string BootId,
    int Length,
    IReadOnlyList<RecordSlotResult> Slots,
    IReadOnlyList<RecordDeviceResult> Devices,
    IReadOnlyList<RecordMemoryResult> Memory,
    IReadOnlyList<RecordMappingResult> Mappings,
    IReadOnlyList<RecordPhysicalFunctionResult> PhysicalFunctions,
    int HostConfigCacheLength)
{
    internal static RecordResult Of(RecordInspection record) => new(
        record.Session,
        record.Phase switch { RecordPhase.Preserved => "preserved", RecordPhase.Frozen => "frozen", RecordPhase.Resumed => "resumed", _ => $"{(int)record.Phase}" },
        record.Writer,
        record.BootId,
        record.Length,
        [.. record.Slots.Select(Slot)],
        [.. record.Devices.Select(Device)],
        [.. record.Memory.Select(static memory => new RecordMemoryResult(memory.Token, memory.Name, memory.Length))],
        [.. record.Mappings.Select(Mapping)],
        [.. record.PhysicalFunctions.Select(PhysicalFunction)],
        record.HostConfigCacheLength);

    private static RecordSlotResult Slot(RecordSlot slot) => new(
        slot.Index,
        slot.IsBlank ? "blank" : slot.Damage is null ? "whole" : "damaged",
        slot.Sequence,
        slot.Format,
        slot.OldestReader,
        slot.Damage?.Message);

    private static RecordDeviceResult Device(RecordedDevice device) => new(
        device.Address.ToString(),
        device.Ids.ToString(),
        device.ClassCode.ToString(),
        TierName.Of(device.Tier),
        device.Space,
        [.. device.BarSizes.OrderBy(static bar => bar.Key).Select(static bar => new RecordBarResult(bar.Key, bar.Value))],
        device.Capabilities,
        device.MsixVectors,
        [.. device.Interrupts.Select(static interrupts => new RecordInterruptsResult(
            interrupts.Index switch { 0 => "intx", 1 => "msi", 2 => "msix", var other => $"{other}" }, interrupts.Count, interrupts.Armed))],
        device.DriverName,
        device.DriverStateVersion,
        device.DriverStateLength,
        device.ConfigCacheLength,
        device.RecordLength);

    private static RecordPhysicalFunctionResult PhysicalFunction(RecordedPhysicalFunction physical) => new(
        physical.Address.ToString(),
        physical.VfLayout.Count,
        physical.VfLayout.FirstVfOffset,
        physical.VfLayout.VfStride,
        $"{physical.VfDeviceId:x4}",
        physical.DriversAutoprobe,
        physical.VfConfigCacheLength);

    private static RecordMappingResult Mapping(RecordedMapping mapping) => new(
        mapping.Space,
        mapping.Range.First.ToString(),
        mapping.Range.Last.Value - mapping.Range.First.Value + 1,
        mapping.Memory,
        mapping.Offset,
        mapping.Access switch { DmaAccess.Read => "read", DmaAccess.Write => "write", _ => "read_write" });
}
