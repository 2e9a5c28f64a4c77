using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.IO.Compression;

namespace Devices.LiveUpdate;

/// <summary>The compressed kernel inside a bzImage.</summary>
internal static class Payload
{
    // A kernel of this size would not boot; a damaged stream may well expand to it.
    private const long MaxSize = 1L << 30;

    /// <summary>Decompresses the payload into the scanner, and checks that all of it came.</summary>
    internal static void Scan(string path, byte[] payload, AbiScanner scanner)
    {
        if (Compression.Of(payload) is not { } compression)
        {
            if (!payload.AsSpan().StartsWith("\u007fELF"u8))
                throw new KernelImageException(path, "its payload is compressed in no way that Linux uses", "Is the file damaged?");
            scanner.Scan(payload);
            return;
        }
        if (payload.Length < 64)
            throw new KernelImageException(path, $"its {compression.Name} payload has only {payload.Length} bytes", "The file is damaged: copy or build it again.");

        var expected = BinaryPrimitives.ReadUInt32LittleEndian(payload.AsSpan(payload.Length - sizeof(uint)));
        var length = compression.HasAppendedSize ? payload.Length - sizeof(uint) : payload.Length;
        long size;
        try
        {
            size = compression.Tool is null
                ? Gunzip(payload, scanner)
                : RunTool(path, compression, payload.AsMemory(0, length), scanner);
        }
        catch (InvalidDataException e)
        {
            throw new KernelImageException(path, $"its {compression.Name} payload cannot be decompressed ({e.Message.TrimEnd('.')})", "The file is damaged: copy or build it again.", e);
        }
        if ((uint)size != expected)
            throw new KernelImageException(path, $"its {compression.Name} payload expands to {size} bytes where {expected} were compressed", "The file is damaged: copy or build it again.");
    }

    private static long Gunzip(byte[] payload, AbiScanner scanner)
    {
        using var gzip = new GZipStream(new MemoryStream(payload, writable: false), CompressionMode.Decompress);
        return scanner.Scan(gzip, MaxSize);
    }

    private static long RunTool(string path, Compression compression, ReadOnlyMemory<byte> input, AbiScanner scanner)
    {
        var start = new ProcessStartInfo(compression.Tool!, compression.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new KernelImageException(
                path, $"it is compressed with {compression.Name}, and the program '{compression.Tool}' cannot be started", $"Install the package {compression.Package}.", e);
        }
        using (process)
        {
            var feed = Task.Run(() => Feed(process, input));
            var errors = process.StandardError.ReadToEndAsync();
            long size;
            try
            {
                size = scanner.Scan(process.StandardOutput.BaseStream, MaxSize);
            }
            catch
            {
                process.Kill();
                throw;
            }
            feed.GetAwaiter().GetResult();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidDataException($"{compression.Tool} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult().Trim()}");
            return size;
        }
    }

    private static void Feed(Process process, ReadOnlyMemory<byte> input)
    {
        try
        {
            process.StandardInput.BaseStream.Write(input.Span);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It gave up on the data: its exit code and its own words tell why.
        }
    }
}
