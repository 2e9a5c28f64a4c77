namespace Devices.LiveUpdate;

/// <summary>A part of KHO's scratch memory: where the next kernel is placed and boots, because nothing preserved can lie there.</summary>
/// <param name="Address">Its physical address.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct ScratchArea(ulong Address, ulong Length)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Length >> 20} MiB at 0x{Address:x}";
}
