namespace Devices.Pci;

/// <summary>A line of the policy table.</summary>
/// <param name="Offset">The register's offset in its capability, in the header from 0.</param>
/// <param name="Width">Its bytes.</param>
/// <param name="Policy">How long its value stays right.</param>
/// <param name="Effect">What writing it changes besides.</param>
/// <param name="Bit">The bit that has that effect when it is written as 1; <see cref="AnyWrite"/> for every write.</param>
internal readonly record struct RegisterRule(
    int Offset, int Width, RegisterPolicy Policy, WriteEffect Effect = WriteEffect.None, int Bit = RegisterRule.AnyWrite)
{
    public const int AnyWrite = -1;

    /// <summary>The policy in a VF, where it is another one: in the header that of raw registers, in capabilities that of both views.</summary>
    public RegisterPolicy? InVf { get; init; }

    /// <summary>What VFIO's view shows of it after a write.</summary>
    public WriteOutcome Outcome { get; init; }

    /// <summary>The same for a VF, where more is known.</summary>
    public WriteOutcome? OutcomeInVf { get; init; }

    /// <summary>Whether the effect is one on raw registers alone, which VFIO's view does not show.</summary>
    public bool HasRawEffect { get; init; }

    /// <summary>The same register of a capability at its place in the space.</summary>
    public RegisterRule At(int capability) => this with { Offset = capability + Offset };

    /// <summary>Whether a write of these bytes has the effect.</summary>
    public bool IsTriggeredBy(int offset, ReadOnlySpan<byte> written)
    {
        if (Bit == AnyWrite)
            return offset < Offset + Width && offset + written.Length > Offset;
        var at = Offset + (Bit / 8) - offset;
        return at >= 0 && at < written.Length && Bits.Bit(written[at], Bit % 8);
    }
}
