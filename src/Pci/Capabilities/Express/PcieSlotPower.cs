namespace Devices.Pci;

/// <summary>Slot power limits: a value of 8 bits and a scale of 2.</summary>
internal static class PcieSlotPower
{
    private const int FirstLargeValue = 0xF0;

    /// <summary>The limit in watts.</summary>
    public static double Watts(int value, int scale)
    {
        // From 0xF0 on, at scale 1.0, values stand for 250 W in steps of 25, and from 0xF3 for 325 W and more.
        if (scale == 0 && value >= FirstLargeValue)
            return 250 + (25 * (value - FirstLargeValue));
        return value / Math.Pow(10, scale);
    }
}
