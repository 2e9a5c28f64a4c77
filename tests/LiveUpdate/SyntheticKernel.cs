using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Devices.Tests.LiveUpdate;

/// <summary>Kernel images made to order: the setup header of the x86 boot protocol with a compressed "kernel" of a few strings behind it.</summary>
internal static class SyntheticKernel
{
    internal const string Banner = "Linux version 7.3.4 (build@host) (gcc) #1 SMP Thu Jan 1 00:00:00 UTC 2026";
    internal const string Version = "7.3.4 (build@host) #1 SMP";

    internal static byte[] Vmlinux(params string[] strings)
    {
        var kernel = new MemoryStream();
        kernel.Write("\u007fELF"u8);
        // Larger than one chunk of the scanner, with the strings across the border.
        kernel.Write(new byte[(1 << 20) + 500]);
        foreach (var text in strings)
        {
            kernel.Write(Encoding.ASCII.GetBytes(text));
            kernel.WriteByte(0);
        }
        kernel.Write(Encoding.ASCII.GetBytes(Banner + "\n"));
        kernel.Write(new byte[4096]);
        return kernel.ToArray();
    }

    internal static byte[] Gzip(byte[] kernel)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(kernel);
        return output.ToArray();
    }

    internal static byte[] BzImage(byte[] payload, uint initSize = 0x16c7000, ulong preferredAddress = 0x1000000)
    {
        const int SetupSectors = 4;
        const int Setup = (SetupSectors + 1) * 512;
        const int PayloadOffset = 0x2c4;
        var length = Setup + PayloadOffset + payload.Length;
        var image = new byte[(length + 15) / 16 * 16];
        image[0x1f1] = SetupSectors;
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x1f4), (uint)(image.Length - Setup + 15) / 16);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x1fe), 0xaa55);
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x206), 0x020f);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x20e), 0x300);
        image[0x211] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x230), 0x200000);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x236), 3);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x238), 2047);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x248), PayloadOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x24c), (uint)payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(0x258), preferredAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x260), initSize);
        Encoding.ASCII.GetBytes(Version).CopyTo(image.AsSpan(0x500));
        payload.CopyTo(image.AsSpan(Setup + PayloadOffset));
        return image;
    }

    internal static byte[] WithSize(byte[] compressed, int size)
    {
        var payload = new byte[compressed.Length + sizeof(uint)];
        compressed.CopyTo(payload, 0);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(compressed.Length), size);
        return payload;
    }
}
