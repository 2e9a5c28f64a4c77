using Devices.Iommufd;

namespace Devices.Lab.Demo;

/// <summary>Bulk work on DMA memory that is larger than a span.</summary>
internal static class Memories
{
    private const int Window = 16 << 20;

    internal delegate void OnWindow(Span<byte> window, ulong position);

    internal static void ForEachWindow(DmaMemory memory, OnWindow work)
    {
        for (ulong position = 0; position < memory.Length; position += Window)
            work(memory.Bytes(position, (int)Math.Min(Window, memory.Length - position)), position);
    }
}
