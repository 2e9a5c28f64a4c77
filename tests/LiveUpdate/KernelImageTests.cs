using System.Buffers.Binary;
using System.Diagnostics;
using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Tests.LiveUpdate;

public sealed class KernelImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Finds_the_formats_in_a_gzip_payload()
    {
        using var image = Open(SyntheticKernel.BzImage(SyntheticKernel.Gzip(SyntheticKernel.Vmlinux("kho-v4", "luo-v5", "\u007fmemfd-v2"))));
        Assert.Equal(new AbiVersions("kho-v4", "luo-v5", "memfd-v2"), image.Abi);
        Assert.True(image.HasLiveUpdate);
        Assert.Equal(KernelImageFormat.BzImage, image.Format);
        Assert.Equal(SyntheticKernel.Version, image.Version);
        Assert.Equal(0x16c7000UL, image.MemorySize);
        // COMMAND_LINE_SIZE - 1 less MAX_ELFCOREHDR_STR_LEN less the terminator.
        Assert.Equal(2016, image.CommandLineLimit);
        Assert.True(image.HasBanner(SyntheticKernel.Banner));
        Assert.False(image.IsRunning);
    }

    [Fact]
    public void A_kernel_without_the_strings_has_no_live_update()
    {
        using var image = Open(SyntheticKernel.BzImage(SyntheticKernel.Gzip(SyntheticKernel.Vmlinux("kho-v4"))));
        Assert.Equal(new AbiVersions("kho-v4", null, null), image.Abi);
        Assert.False(image.HasLiveUpdate);
    }

    [Theory]
    [InlineData("kho-v4 is not understood")]
    [InlineData("xkho-v4")]
    [InlineData("my-luo-v5")]
    [InlineData("memfd-v")]
    [InlineData("luo-v12345678901")]
    public void Text_that_merely_contains_such_a_string_is_not_one(string text)
    {
        using var image = Open(SyntheticKernel.BzImage(SyntheticKernel.Gzip(SyntheticKernel.Vmlinux(text))));
        Assert.Equal(default, image.Abi);
    }

    [Fact]
    public void Two_versions_of_one_format_are_an_error_not_a_guess()
        => Fails(SyntheticKernel.BzImage(SyntheticKernel.Gzip(SyntheticKernel.Vmlinux("kho-v4", "kho-v5"))), "kho-v4, kho-v5");

    [Fact]
    public void A_string_across_two_chunks_is_found_once()
    {
        for (var shift = 500; shift <= 520; shift++)
        {
            var bytes = new byte[(1 << 20) + 4096];
            "kho-v4\0"u8.CopyTo(bytes.AsSpan((1 << 20) + shift - 5));
            var scanner = new AbiScanner();
            Assert.Equal(bytes.Length, scanner.Scan(new MemoryStream(bytes), long.MaxValue));
            Assert.Equal(["kho-v4"], scanner.Kho);
        }
    }

    [SkippableTheory]
    [InlineData("xz", "xz", "--format=xz", "--check=crc32")]
    [InlineData("zstd", "zstd", "-19", "--quiet")]
    [InlineData("lz4", "lz4", "-l", "-9")]
    [InlineData("lzma", "xz", "--format=lzma", "-1")]
    [InlineData("bzip2", "bzip2", "-9", "--stdout")]
    [InlineData("lzo", "lzop", "-9", "--stdout")]
    public void Other_compressions_go_through_their_programs(string name, string tool, params string[] arguments)
    {
        var kernel = SyntheticKernel.Vmlinux("kho-v4", "luo-v5", "memfd-v2");
        var compressed = Compress(kernel, tool, arguments);
        var image = SyntheticKernel.BzImage(SyntheticKernel.WithSize(compressed, kernel.Length));
        if (compressed.Length == 0)
        {
            Skip.If(true, $"{tool} is not installed: {name} cannot be tried");
            return;
        }
        using var opened = Open(image);
        Assert.Equal(new AbiVersions("kho-v4", "luo-v5", "memfd-v2"), opened.Abi);

        // Cut in the middle: the program's complaint must arrive, not half a kernel.
        Fails(SyntheticKernel.BzImage(SyntheticKernel.WithSize(compressed[..(compressed.Length / 2)], kernel.Length)), name);
    }

    [Fact]
    public void A_missing_program_names_the_package_to_install()
    {
        // lzop is the one that hardly any system has; where it is there, its own complaint about the garbage arrives.
        var payload = new byte[256];
        new byte[] { 0x89, (byte)'L', (byte)'Z', (byte)'O', 0, 0x0d, 0x0a, 0x1a, 0x0a }.CopyTo(payload, 0);
        var failure = Fails(SyntheticKernel.BzImage(payload), "lzo");
        Assert.Contains(HasProgram("lzop") ? "damaged" : "Install the package lzop", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var failure = Assert.Throws<LinuxException>(() => KernelImage.Open(_folder.File("absent")));
        Assert.Equal(Errno.ENOENT, failure.Errno);
        Assert.Equal(_folder.File("absent"), failure.Subject);
    }

    [Fact]
    public void A_folder_is_not_an_image()
        => Assert.Contains("folder", Assert.Throws<KernelImageException>(() => KernelImage.Open(_folder.Root)).Problem, StringComparison.Ordinal);

    [Fact]
    public void What_is_no_kernel_is_refused_with_the_reason()
    {
        Fails([], "0 bytes");
        Fails(new byte[4096], "not an x86 kernel image");
        Fails(Changed(image => image[0x206] = 0x0b), "2.11");
        Fails(Changed(image => image[0x211] = 0), "zImage");
        Fails(Changed(image => image[0x236] = 0), "64-bit");
        Fails(Changed(image => image.AsSpan(0x24c, 4).Clear()), "no payload");
        Fails(SyntheticKernel.BzImage(new byte[4096]), "no way that Linux uses");
        Fails(SyntheticKernel.BzImage([0x1f, 0x8b, 0x08]), "only 3 bytes");
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        var whole = SyntheticKernel.BzImage(SyntheticKernel.Gzip(SyntheticKernel.Vmlinux("kho-v4", "luo-v5", "memfd-v2")));
        foreach (var length in new[] { 1, 0x1f0, 0x205, 0x267, 0x268, 1024, whole.Length / 2, whole.Length - 16 })
            Assert.Throws<KernelImageException>(() => Open(whole[..length]).Dispose());
    }

    [Fact]
    public void A_damaged_gzip_payload_is_noticed()
    {
        var payload = SyntheticKernel.Gzip(SyntheticKernel.Vmlinux("kho-v4", "luo-v5", "memfd-v2"));
        var flipped = (byte[])payload.Clone();
        flipped[payload.Length / 2] ^= 0x55;
        Fails(SyntheticKernel.BzImage(flipped), "gzip payload");
        var wrongSize = (byte[])payload.Clone();
        wrongSize[^1] ^= 0x01;
        Fails(SyntheticKernel.BzImage(wrongSize), "gzip payload");
        Fails(SyntheticKernel.BzImage(payload[..(payload.Length - 100)]), "gzip payload");
    }

    [Fact]
    public void An_ELF_kernel_is_looked_into_but_not_loaded()
    {
        using var image = Open(ElfKernel("kho-v4", "luo-v5", "memfd-v2"));
        Assert.Equal(KernelImageFormat.Elf, image.Format);
        Assert.True(image.HasLiveUpdate);
        Assert.Equal(0x3000UL, image.MemorySize);
        Assert.Contains("ELF", Assert.Throws<ArgumentException>(() => Kexec.Load(image, KernelCommandLine.Empty)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_ELF_files_are_refused()
    {
        Fails(File.ReadAllBytes("/bin/true"), "not a Linux kernel");
        var arm = ElfKernel("kho-v4");
        arm[18] = 183;
        Fails(arm, "not for x86-64");
        var cut = ElfKernel("kho-v4");
        BinaryPrimitives.WriteUInt64LittleEndian(cut.AsSpan(64 + 32), ulong.MaxValue - 10);
        Fails(cut, "outside of the file");
        var entries = ElfKernel("kho-v4");
        BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan(32), ulong.MaxValue - 10);
        Fails(entries, "outside of the file");
    }

    [Fact]
    public void A_command_line_too_long_for_the_image_is_refused_before_the_call()
    {
        using var image = Open(SyntheticKernel.BzImage(SyntheticKernel.Gzip(SyntheticKernel.Vmlinux("kho-v4", "luo-v5"))));
        var failure = Assert.Throws<ArgumentException>(() => Kexec.Load(image, KernelCommandLine.Parse(new string('a', 2017))));
        Assert.Contains("at most 2016", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8u, true)]
    [InlineData(0u, false)]
    public void A_signature_is_a_certificate_table_that_is_not_empty(uint bytes, bool signed)
    {
        const int Pe = 0x40;
        var image = Changed(kernel =>
        {
            "MZ"u8.CopyTo(kernel);
            kernel[0x3c] = Pe;
            "PE\0\0"u8.CopyTo(kernel.AsSpan(Pe));
            BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan(Pe + 24), 0x20b);
            BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(Pe + 132), 6);
            BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(Pe + 172), bytes);
        });
        using var opened = KernelImage.Open(_folder.Write("signed", image));
        Assert.Equal(signed, opened.IsSigned);
    }

    private static byte[] Changed(Action<byte[]> change)
    {
        var image = SyntheticKernel.BzImage(SyntheticKernel.Gzip(SyntheticKernel.Vmlinux("kho-v4", "luo-v5", "memfd-v2")));
        change(image);
        return image;
    }

    private static byte[] ElfKernel(params string[] strings)
    {
        var kernel = SyntheticKernel.Vmlinux(strings);
        kernel[4] = 2;
        kernel[5] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan(18), 62);
        BinaryPrimitives.WriteUInt64LittleEndian(kernel.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(kernel.AsSpan(56), 2);
        for (var i = 0; i < 2; i++)
        {
            var entry = kernel.AsSpan(64 + (i * 56));
            BinaryPrimitives.WriteUInt32LittleEndian(entry, 1);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], (ulong)(0x1000000 + (i * 0x2000)));
            BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], 0x1000);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], 0x1000);
        }
        return kernel;
    }

    private static bool HasProgram(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));

    private static byte[] Compress(byte[] kernel, string tool, string[] arguments)
    {
        if (!HasProgram(tool))
            return [];
        var start = new ProcessStartInfo(tool, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var feed = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(kernel);
            process.StandardInput.Close();
        });
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        feed.Wait();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }

    private KernelImage Open(byte[] content) => KernelImage.Open(_folder.Write("image", content));

    private KernelImageException Fails(byte[] content, string problem)
    {
        var failure = Assert.Throws<KernelImageException>(() => Open(content).Dispose());
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
        Assert.Equal(_folder.File("image"), failure.ImagePath);
        return failure;
    }
}
