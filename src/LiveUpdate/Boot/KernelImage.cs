using System.Buffers.Binary;
using System.Text;
using Devices.Linux;

namespace Devices.LiveUpdate;

/// <summary>
/// A kernel image that was looked into: what it needs in memory and which formats of handed-over state it reads. It keeps the file open, so that what is
/// loaded is what was checked.
/// </summary>
/// <remarks>The x86 boot protocol (Documentation/arch/x86/boot.rst): setup header at 0x1f1, compressed kernel at <c>payload_offset</c>.</remarks>
public sealed class KernelImage : IDisposable
{
    private const int SectorSize = 512;
    private const int HeaderEnd = 0x268;
    private const int SetupSectsOffset = 0x1f1;
    private const int SysSizeOffset = 0x1f4;
    private const int BootFlagOffset = 0x1fe;
    private const int MagicOffset = 0x202;
    private const int VersionOffset = 0x206;
    private const int KernelVersionOffset = 0x20e;
    private const int LoadFlagsOffset = 0x211;
    private const int AlignmentOffset = 0x230;
    private const int XLoadFlagsOffset = 0x236;
    private const int CommandLineSizeOffset = 0x238;
    private const int PayloadOffsetOffset = 0x248;
    private const int PayloadLengthOffset = 0x24c;
    private const int PreferredAddressOffset = 0x258;
    private const int InitSizeOffset = 0x260;
    private const ushort MinimumProtocol = 0x020c;
    private const byte LoadedHigh = 1;
    private const ushort Kernel64 = 1;
    private const ushort CanBeLoadedAbove4G = 2;
    // kexec-bzimage64.c leaves room for " elfcorehdr=0x..." whatever is loaded (MAX_ELFCOREHDR_STR_LEN).
    private const int ReservedCommandLine = 30;
    private const long MaxFileSize = 1L << 30;

    private readonly HashSet<string> _banners;

    private KernelImage(FileDescriptor file, string path, KernelImageFormat format, Header header, AbiScanner scanner, bool isSigned = false)
    {
        File = file;
        ImagePath = path;
        Format = format;
        Version = header.Version;
        MemorySize = header.MemorySize;
        Alignment = header.Alignment;
        PreferredAddress = header.PreferredAddress;
        CommandLineLimit = header.CommandLineLimit;
        Abi = new AbiVersions(One(path, scanner.Kho), One(path, scanner.Luo), One(path, scanner.Memfd));
        IsSigned = isSigned;
        _banners = [.. scanner.Banners];
    }

    /// <summary>The file's path when it was opened.</summary>
    public string ImagePath { get; }

    /// <summary>The open file, owned by this object.</summary>
    public FileDescriptor File { get; }

    /// <summary>What kind of file it is.</summary>
    public KernelImageFormat Format { get; }

    /// <summary>The kernel's version, such as <c>7.3.4 (root@build) #3 SMP …</c>; empty where the image does not say.</summary>
    public string Version { get; }

    /// <summary>The contiguous memory in bytes that the kernel needs from its load address until it manages memory itself.</summary>
    /// <remarks>bzImage: <c>init_size</c>. ELF: the span of its loadable segments.</remarks>
    public ulong MemorySize { get; }

    /// <summary>The longest command line in bytes that <c>kexec_file_load</c> accepts with this image, without the terminator.</summary>
    public int CommandLineLimit { get; }

    /// <summary>The formats of handed-over state that the kernel reads and writes; a member is null where the kernel lacks that part.</summary>
    public AbiVersions Abi { get; }

    /// <summary>Whether the kernel has KHO and the Live Update Orchestrator built in.</summary>
    public bool HasLiveUpdate => Abi.Kho is not null && Abi.Luo is not null;

    /// <summary>Whether the image carries a signature, as Secure Boot wants; not whether anybody trusts it.</summary>
    /// <remarks>The certificate table of its PE header, which a bzImage with <c>CONFIG_EFI_STUB</c> has.</remarks>
    public bool IsSigned { get; }

    /// <summary>Whether this is the kernel that runs: its build's banner is the one in <c>/proc/version</c>.</summary>
    public bool IsRunning => HasBanner(System.IO.File.ReadAllText("/proc/version").TrimEnd('\n'));

    internal ulong Alignment { get; }

    internal ulong PreferredAddress { get; }

    /// <summary>Opens an image and looks into it: reads the header and decompresses all of the kernel once.</summary>
    /// <param name="path">The image: a bzImage (often called vmlinuz), or an ELF vmlinux.</param>
    /// <returns>The image, to be disposed when it has been loaded.</returns>
    /// <exception cref="LinuxException">The file cannot be opened or read.</exception>
    /// <exception cref="KernelImageException">It is no kernel image, is cut short or damaged, or takes a program to decompress that is not installed.</exception>
    public static KernelImage Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = FileDescriptor.Open(path, OpenMode.ReadOnly, "A kernel image is needed to jump into.");
        try
        {
            if (Directory.Exists(path))
                throw new KernelImageException(path, "it is a folder", "Give the kernel image in it.");
            return Read(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Looks for the image of the running kernel in the usual places.</summary>
    /// <returns>The image, proven by <c>/proc/version</c>, or null if none of the places has it in readable form.</returns>
    /// <remarks><c>/boot/vmlinuz-RELEASE</c> and <c>/lib/modules/RELEASE/vmlinuz</c>.</remarks>
    public static KernelImage? FindRunning()
    {
        var release = System.IO.File.ReadAllText("/proc/sys/kernel/osrelease").TrimEnd('\n');
        foreach (var path in new[] { $"/boot/vmlinuz-{release}", $"/lib/modules/{release}/vmlinuz" })
        {
            if (!System.IO.File.Exists(path))
                continue;
            try
            {
                var image = Open(path);
                if (image.IsRunning)
                    return image;
                image.Dispose();
            }
            catch (Exception e) when (e is KernelImageException or LinuxException)
            {
                // A candidate that cannot be read is not the one; the caller learns that there is none.
            }
        }
        return null;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => File.Dispose();

    internal bool HasBanner(string banner) => _banners.Contains(banner);

    private static KernelImage Read(FileDescriptor file, string path)
    {
        var length = file.Length;
        if (length < HeaderEnd)
            throw new KernelImageException(path, $"it has only {length} bytes, too few for a kernel", "The file is cut short: copy or build it again.");
        if (length > MaxFileSize)
            throw new KernelImageException(path, $"it has {length} bytes, too many for a kernel");
        Span<byte> start = stackalloc byte[HeaderEnd];
        file.ReadExactlyAt(start, 0);

        var scanner = new AbiScanner();
        if (start.StartsWith("\u007fELF"u8))
        {
            var header = ElfKernel.ReadHeader(file, path, start, length);
            using var stream = new FileStream($"/proc/self/fd/{Number(file)}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            scanner.Scan(stream, MaxFileSize);
            if (scanner.Banners.Count == 0)
                throw new KernelImageException(path, "it is an ELF file, but not a Linux kernel");
            return new KernelImage(file, path, KernelImageFormat.Elf, header, scanner);
        }

        var (bzHeader, payloadOffset, payloadLength) = ReadHeader(file, path, start, length);
        var payload = new byte[payloadLength];
        file.ReadExactlyAt(payload, payloadOffset);
        Payload.Scan(path, payload, scanner);
        return new KernelImage(file, path, KernelImageFormat.BzImage, bzHeader, scanner, PeSignature.IsIn(file, start, length));
    }

    private static (Header Header, long PayloadOffset, int PayloadLength) ReadHeader(FileDescriptor file, string path, ReadOnlySpan<byte> start, long length)
    {
        if (!start[MagicOffset..].StartsWith("HdrS"u8) || UInt16(start, BootFlagOffset) != 0xaa55)
            throw new KernelImageException(path, "it is not an x86 kernel image: neither bzImage nor ELF", "Give the file that the boot loader boots, often /boot/vmlinuz-VERSION.");
        var protocol = UInt16(start, VersionOffset);
        if (protocol < MinimumProtocol)
            throw new KernelImageException(path, $"its boot protocol is {protocol >> 8}.{protocol & 0xff:d2}, and kexec takes 2.12 or newer");
        if ((start[LoadFlagsOffset] & LoadedHigh) == 0)
            throw new KernelImageException(path, "it is a zImage, and kexec takes a bzImage");
        if ((UInt16(start, XLoadFlagsOffset) & (Kernel64 | CanBeLoadedAbove4G)) != (Kernel64 | CanBeLoadedAbove4G))
            throw new KernelImageException(path, "it is not a 64-bit kernel that can be loaded above 4 GiB, which kexec asks for");

        var setup = (long)((start[SetupSectsOffset] == 0 ? 4 : start[SetupSectsOffset]) + 1) * SectorSize;
        var payloadOffset = setup + UInt32(start, PayloadOffsetOffset);
        var payloadLength = UInt32(start, PayloadLengthOffset);
        var needed = Math.Max(setup + (UInt32(start, SysSizeOffset) * 16L), payloadOffset + payloadLength);
        // The last paragraph of 16 bytes may be padding that is not in the file.
        if (payloadOffset + payloadLength > length || needed - 15 > length)
            throw new KernelImageException(path, $"it is cut short: its header speaks of {needed} bytes, the file has {length}", "Copy or build it again.");
        if (payloadLength == 0)
            throw new KernelImageException(path, "its header names no payload");

        var initSize = UInt32(start, InitSizeOffset);
        var commandLine = (int)Math.Min(UInt32(start, CommandLineSizeOffset), KernelCommandLine.BufferSize - 1);
        var header = new Header(
            ReadVersion(file, UInt16(start, KernelVersionOffset), setup),
            initSize,
            Math.Max(1, UInt32(start, AlignmentOffset)),
            BinaryPrimitives.ReadUInt64LittleEndian(start[PreferredAddressOffset..]),
            Math.Max(0, commandLine - ReservedCommandLine - 1));
        return (header, payloadOffset, (int)payloadLength);
    }

    private static string ReadVersion(FileDescriptor file, ushort pointer, long setup)
    {
        var offset = pointer + SectorSize;
        if (pointer == 0 || offset >= setup)
            return "";
        var bytes = new byte[(int)Math.Min(256, setup - offset)];
        file.ReadExactlyAt(bytes, offset);
        var end = bytes.AsSpan().IndexOf((byte)0);
        return Encoding.ASCII.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }

    private static string? One(string path, IReadOnlyCollection<string> found) => found.Count switch
    {
        0 => null,
        1 => found.First(),
        _ => throw new KernelImageException(path, $"it carries several versions of one format ({string.Join(", ", found)}), so that which one it writes cannot be told", "Use a newer release of this toolkit."),
    };

    private static int Number(FileDescriptor file)
    {
        using var lease = file.Lease();
        return lease.Number;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    internal readonly record struct Header(string Version, ulong MemorySize, ulong Alignment, ulong PreferredAddress, int CommandLineLimit);
}
