namespace Devices.Pci;

/// <summary>Bits and fields of register values.</summary>
internal static class Bits
{
    public static bool Bit(uint value, int bit) => (value >> bit & 1) != 0;

    public static int Field(uint value, int shift, int width) => (int)(value >> shift & ((1u << width) - 1));
}
