namespace Devices.Drivers;

/// <summary>A register, or another thing that a reset changes, before and now.</summary>
/// <param name="Register">Its name in the device's specification.</param>
/// <param name="Saved">Its value when the state was saved.</param>
/// <param name="Found">Its value now.</param>
/// <param name="ClearedByReset">
/// Whether a reset, or a reset followed by another driver's initialisation, would have left another value: only these are evidence of
/// what happened to the device; the others tell that it is the same one.
/// </param>
public readonly record struct RegisterComparison(string Register, ulong Saved, ulong Found, bool ClearedByReset)
{
    /// <summary>Whether both values are the same.</summary>
    public bool Matches => Saved == Found;

    /// <summary>Name and values.</summary>
    public override string ToString() => Matches ? $"{Register} 0x{Found:x}" : $"{Register} 0x{Saved:x} -> 0x{Found:x}";
}
