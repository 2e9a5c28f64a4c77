using System.Runtime.InteropServices;

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
        var headers = new List<vfio_info_cap_header>();
        for (var next = capOffset; next != 0;)
        {
            if (next < (uint)structSize || next > (uint)info.Length || info.Length - next < sizeof(vfio_info_cap_header))
                throw new InvalidDataException($"{subject}: a capability at 0x{next:x} lies outside the {info.Length} bytes of its info.");
            var offset = (int)next;
            if (offsets.Contains(offset)) throw new InvalidDataException($"{subject}: the capability chain loops back to 0x{offset:x}.");
            var header = MemoryMarshal.Read<vfio_info_cap_header>(info.Span[offset..]);
            offsets.Add(offset);
            headers.Add(header);
            next = header.next;
        }

        if (offsets.Count == 0) return [];
        var ends = offsets.Append(info.Length).Order().ToArray();
        var capabilities = new VfioInfoCapability[offsets.Count];
        for (var i = 0; i < capabilities.Length; i++)
        {
            var start = offsets[i] + sizeof(vfio_info_cap_header);
            var end = ends[Array.IndexOf(ends, offsets[i]) + 1];
            if (end < start) throw new InvalidDataException($"{subject}: capabilities overlap at 0x{end:x}.");
            capabilities[i] = new VfioInfoCapability(headers[i].id, headers[i].version, info[start..end]);
        }

        return capabilities;
    }
}
