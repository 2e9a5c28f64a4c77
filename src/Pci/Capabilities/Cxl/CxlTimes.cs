namespace Devices.Pci;

/// <summary>Times of Global Persistent Flush: a value of 4 bits and a scale in bits 11:8.</summary>
internal static class CxlTimes
{
    private const int LargestScale = 7;
    private const long TicksOfMicrosecond = TimeSpan.TicksPerMicrosecond;

    /// <summary>The time, from 1 us at scale 0 to 10 s at scale 7; null if the scale is reserved.</summary>
    public static TimeSpan? Of(ushort register)
    {
        var scale = Bits.Field(register, 8, 4);
        return scale <= LargestScale ? TimeSpan.FromTicks(Bits.Field(register, 0, 4) * TicksOfMicrosecond * (long)Math.Pow(10, scale)) : null;
    }
}
