using Devices.Linux;

namespace Devices.Tests.Linux;

/// <summary>Bytes that are replaced as a whole.</summary>
public sealed class StateFileTests : IDisposable
{
    private const int Half = 1 << 20;
    private const int VersionAt = 4;
    private readonly StateFile _file = StateFile.Create("state");

    public void Dispose() => _file.Dispose();

    [Fact]
    public void What_was_written_last_is_read_and_can_be_written_on()
    {
        Assert.Throws<InvalidDataException>(Read); // nothing yet
        foreach (var text in new[] { "first", "second, longer", "3", "" })
        {
            _file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            Assert.Equal(text, Read());
        }

        using var next = StateFile.Adopt(_file.Fd.Duplicate(), out _);
        next.Write("of the next process"u8);
        Assert.Equal("of the next process", Read());
    }

    [Fact]
    public void A_write_that_was_cut_off_leaves_what_stood_there_before()
    {
        _file.Write("first"u8);
        _file.Write("second"u8);
        var newest = new byte[Half];
        _file.Fd.ReadExactlyAt(newest, 0); // the second goes to the first half: its number is even
        foreach (var length in new[] { 0, 1, 20, 30, 58 })
        {
            _file.Fd.WriteExactlyAt(new byte[64], 0);
            _file.Fd.WriteExactlyAt(newest.AsSpan(0, length), 0);
            Assert.Equal("first", Read());
        }

        _file.Fd.WriteExactlyAt(newest, 0);
        Assert.Equal("second", Read());
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        _file.Write("content"u8);
        var half = new byte[56 + 7];
        _file.Fd.ReadExactlyAt(half, Half);
        for (var bit = 0; bit < half.Length * 8; bit++)
        {
            var damaged = half.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            _file.Fd.WriteExactlyAt(damaged, Half);
            Assert.Throws<InvalidDataException>(Read);
        }
    }

    [Fact]
    public void What_another_version_wrote_is_said_to_be()
    {
        var half = new byte[56];
        BitConverter.TryWriteBytes(half, 0x53436b64u);
        BitConverter.TryWriteBytes(half.AsSpan(VersionAt), 2u);
        BitConverter.TryWriteBytes(half.AsSpan(8), 1ul);
        System.Security.Cryptography.SHA256.HashData(half.AsSpan(0, 24)).CopyTo(half, 24);
        _file.Fd.WriteExactlyAt(half, Half);
        Assert.Contains("version 2", Assert.Throws<InvalidDataException>(Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_refused()
    {
        using (var zero = FileDescriptor.Open("/dev/zero", OpenMode.ReadOnly)) Assert.Throws<LinuxException>(() => StateFile.Adopt(zero.Duplicate(), out _));
        using (var small = MemFd.Create("small", 4096)) Assert.Throws<InvalidDataException>(() => StateFile.Adopt(small.Fd.Duplicate(), out _));
        using (var open = MemFd.Create("may shrink", 2 * Half, MemFdSeals.None)) Assert.Throws<InvalidDataException>(() => StateFile.Adopt(open.Fd.Duplicate(), out _));
        Assert.Throws<InvalidDataException>(() => _file.Write(new byte[StateFile.MostBytes + 1]));
    }

    private string Read()
    {
        using var read = StateFile.Adopt(_file.Fd.Duplicate(), out var content);
        return System.Text.Encoding.UTF8.GetString(content);
    }
}
