using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Pci.Cache;

/// <summary>One thing done to a cache: a read, a write, something that happens in the device, an event that is told.</summary>
internal sealed record CacheOperation(CacheOperationKind Kind, int Offset, byte[] Bytes)
{
    private static readonly int[] Widths = [1, 2, 4];

    /// <summary>Sequences of operations on a space; every second one at a register that does something.</summary>
    public static Arbitrary<CacheOperation[]> Sequences(int length, params int[] places)
    {
        var offset = Gen.OneOf(
            Gen.Choose(0, length - 1),
            places.Length == 0 ? Gen.Choose(0, Math.Min(length, 256) - 1) : Gen.Elements(places).SelectMany(static place => Gen.Choose(0, 7).Select(within => place + within)));
        var bytes = Gen.Choose(0, int.MaxValue).Select(static seed =>
        {
            var random = new Random(seed);
            var made = new byte[4];
            random.NextBytes(made);
            return random.Next(4) switch
            {
                0 => [0xFF, 0xFF, 0xFF, 0xFF],
                1 => [0, 0, 0, 0],
                _ => made,
            };
        });
        var one =
            from kind in Gen.Frequency(
                (8, Gen.Constant(CacheOperationKind.Read)),
                (4, Gen.Constant(CacheOperationKind.Write)),
                (1, Gen.Constant(CacheOperationKind.ReadMany)),
                (1, Gen.Constant(CacheOperationKind.Happen)),
                (1, Gen.Constant(CacheOperationKind.Reset)))
            from width in Gen.Elements(Widths)
            from at in offset
            from value in bytes
            let start = Math.Clamp(at / width * width, 0, length - width)
            select new CacheOperation(kind, start, value[..width]);
        return one.ArrayOf().Resize(60).ToArbitrary();
    }

    public override string ToString() => $"{Kind} 0x{Offset:x} {Convert.ToHexString(Bytes)}";
}

internal enum CacheOperationKind
{
    Read,
    ReadMany,
    Write,
    Happen,
    Reset,
}
