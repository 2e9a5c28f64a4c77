namespace Devices.Pci;

/// <summary>A write, about to be made, of a register of which each bit either takes what is written or never changes.</summary>
/// <param name="Dword">The dword that it is in.</param>
/// <param name="Before">The dword's word before the write.</param>
/// <param name="Written">What is written, at its place in the dword.</param>
/// <param name="Bytes">The bytes of such a register that are written, a bit each.</param>
/// <param name="AllBytes">All bytes that are written.</param>
internal readonly record struct RegisterWrite(int Dword, ulong Before, uint Written, uint Bytes, uint AllBytes)
{
    /// <summary>The dword before.</summary>
    public uint Old => CachedWord.Value(Before);

    /// <summary>The bits of such a register that are written.</summary>
    public uint Bits => CachedWord.Mask(Bytes);
}
