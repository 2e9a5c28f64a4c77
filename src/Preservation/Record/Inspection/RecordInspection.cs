namespace Devices.Preservation;

/// <summary>What a state record says, for people: nothing is retrieved, restored or written.</summary>
/// <param name="Slots">Its two slots.</param>
/// <param name="Session">The session's name.</param>
/// <param name="Writer">The release that wrote it first.</param>
/// <param name="Phase">How far the session had come.</param>
/// <param name="BootId">The boot of the kernel under which it was written last.</param>
/// <param name="Memory">The memory.</param>
/// <param name="Mappings">The DMA mappings.</param>
/// <param name="Devices">The devices.</param>
/// <param name="PhysicalFunctions">The PFs of the VFs among them.</param>
/// <param name="HostConfigCacheLength">What is kept of the host's caches of configuration space, in bytes.</param>
/// <param name="Length">The record's length in bytes, its envelope not counted.</param>
public sealed record RecordInspection(
    IReadOnlyList<RecordSlot> Slots,
    string Session,
    string Writer,
    RecordPhase Phase,
    string BootId,
    IReadOnlyList<RecordedMemory> Memory,
    IReadOnlyList<RecordedMapping> Mappings,
    IReadOnlyList<RecordedDevice> Devices,
    IReadOnlyList<RecordedPhysicalFunction> PhysicalFunctions,
    int HostConfigCacheLength,
    int Length);
