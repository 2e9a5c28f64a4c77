namespace Devices.Preservation;

/// <summary>One of the two slots of a state record's memfd.</summary>
/// <param name="Index">0 or 1.</param>
/// <param name="IsBlank">Nothing was ever written to it.</param>
/// <param name="Sequence">The rising number of what it holds: the higher one is the newer record. Null unless the slot is whole.</param>
/// <param name="Format">The format that it was written in; null where it is blank or too short to say.</param>
/// <param name="OldestReader">The oldest reader that copes with it; null likewise.</param>
/// <param name="Damage">What is wrong with it; null if it is blank or whole.</param>
public sealed record RecordSlot(int Index, bool IsBlank, ulong? Sequence, uint? Format, uint? OldestReader, RecordException? Damage);
