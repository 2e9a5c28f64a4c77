using Devices.Pci;

namespace Devices.HwTests.Pci;

/// <summary>What no cache of configuration space may ever get wrong.</summary>
internal static class CachedBytes
{
    /// <summary>
    /// Each byte that is read through the cache is what an uncached read of the same view gives, and each that is cached then is so again when it is read by itself.
    /// </summary>
    /// <remarks>The kernel puts a device that nobody has open to sleep when it likes: a register that changed meanwhile is what it was or what it is.</remarks>
    internal static void AssertSame(CachedConfigSpace cache, IPciConfigSpace uncached)
    {
        var (before, read) = (new byte[uncached.Length], new byte[cache.Length]);
        uncached.Read(0, before);
        cache.Read(0, read);
        var after = before;
        if (!before.AsSpan().SequenceEqual(read))
        {
            after = new byte[uncached.Length];
            uncached.Read(0, after);
            Assert.Equal(after.Length, read.Length);
        }

        for (var offset = 0; offset < read.Length; offset++)
        {
            if (read[offset] != before[offset] && read[offset] != after[offset])
                Assert.Fail($"{cache.Subject} 0x{offset:x3}: 0x{read[offset]:x2} was read, and it is 0x{after[offset]:x2}");
            if (cache.IsCached(offset) && cache.ReadByte(offset) is var again && again != read[offset])
                Assert.Fail($"{cache.Subject} 0x{offset:x3}: 0x{read[offset]:x2} was read, and from the cache alone 0x{again:x2}");
        }
    }
}
