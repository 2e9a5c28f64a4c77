namespace Devices.Vfio;

/// <summary>Reads the capability chain behind an info struct, and trusts none of its offsets.</summary>
internal static class VfioInfoCapabilities
{
    /// <summary>Reads the chain; throws <see cref="InvalidDataException"/> where it is not sound.</summary>
    /// <param name="info">The info struct and all that the kernel wrote behind it.</param>
    /// <param name="capOffset">The struct's <c>cap_offset</c>; 0 for none.</param>
    /// <param name="structSize">The struct's own size: no capability can lie within.</param>
    /// <param name="subject">What to name in an error.</param>
    public static unsafe IReadOnlyList<VfioInfoCapability> Read(ReadOnlyMemory<byte> info, uint capOffset, int structSize, string subject)
    {
        var offsets = new List<int>();
        for (var next = capOffset; next != 0;)
        {
            if (next < (uint)structSize || next > (uint)info.Length || info.Length - next < sizeof(vfio_info_cap_header))
                throw new InvalidDataException($"{subject}: a capability at 0x{next:x} lies outside the {info.Length} bytes of its info.");
            var offset = (int)next;
            if (offsets.Contains(offset)) throw new InvalidDataException($"{subject}: the capability chain loops back to 0x{offset:x}.");
            offsets.Add(offset);
            next = HeaderAt(info, offset).next;
        }

        if (offsets.Count == 0) return [];
        var capabilities = new VfioInfoCapability[offsets.Count];
        for (var i = 0; i < capabilities.Length; i++)
        {
            var start = offsets[i] + sizeof(vfio_info_cap_header);
            // The next one in memory, which need not be the next one in the chain.
            var end = info.Length;
            foreach (var other in offsets)
            {
                if (other > offsets[i] && other < end) end = other;
            }

            if (end < start) throw new InvalidDataException($"{subject}: capabilities overlap at 0x{end:x}.");
            var header = HeaderAt(info, offsets[i]);
            capabilities[i] = new VfioInfoCapability(header.id, header.version, info[start..end]);
        }

        return capabilities;
    }

    private static unsafe vfio_info_cap_header HeaderAt(ReadOnlyMemory<byte> info, int offset)
    {
        fixed (byte* header = info.Span.Slice(offset, sizeof(vfio_info_cap_header))) return *(vfio_info_cap_header*)header;
    }
}
