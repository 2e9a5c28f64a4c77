namespace Devices.LiveUpdate;

/// <summary>A way in which a kernel's payload may be compressed.</summary>
/// <param name="Name">As in <c>CONFIG_KERNEL_*</c>.</param>
/// <param name="Magic">How its data begins.</param>
/// <param name="Tool">The program that decompresses standard input; null for gzip, which needs none.</param>
/// <param name="Arguments">The program's arguments.</param>
/// <param name="Package">The package that has the program, in Debian and most others.</param>
/// <param name="HasAppendedSize">Whether the kernel's build appended four bytes with the size, which the program would take for damage.</param>
internal sealed record Compression(string Name, byte[] Magic, string? Tool, string[] Arguments, string? Package, bool HasAppendedSize)
{
    // arch/x86/boot/compressed/Makefile and the commands that it names in scripts/Makefile.lib: gzip carries its size itself.
    private static readonly Compression[] s_all =
    [
        new("gzip", [0x1f, 0x8b, 0x08], null, [], null, HasAppendedSize: false),
        new("xz", [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00], "xz", ["--decompress", "--stdout", "--format=xz"], "xz-utils", HasAppendedSize: true),
        new("zstd", [0x28, 0xb5, 0x2f, 0xfd], "zstd", ["--decompress", "--stdout", "--quiet"], "zstd", HasAppendedSize: true),
        new("lz4", [0x02, 0x21, 0x4c, 0x18], "lz4", ["-d", "-c", "-q"], "lz4", HasAppendedSize: true),
        new("lzma", [0x5d, 0x00, 0x00], "xz", ["--decompress", "--stdout", "--format=lzma"], "xz-utils", HasAppendedSize: true),
        new("bzip2", [(byte)'B', (byte)'Z', (byte)'h'], "bzip2", ["--decompress", "--stdout"], "bzip2", HasAppendedSize: true),
        new("lzo", [0x89, (byte)'L', (byte)'Z', (byte)'O', 0x00, 0x0d, 0x0a, 0x1a, 0x0a], "lzop", ["--decompress", "--stdout"], "lzop", HasAppendedSize: true),
    ];

    internal static Compression? Of(ReadOnlySpan<byte> payload)
    {
        foreach (var compression in s_all)
        {
            if (payload.StartsWith(compression.Magic))
                return compression;
        }
        return null;
    }
}
