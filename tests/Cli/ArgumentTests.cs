using Devices.Cli;
using Devices.Iommufd;

namespace Devices.Tests.Cli;

/// <summary>What is typed for sizes, memory, tiers and sessions.</summary>
public sealed class ArgumentTests
{
    [Theory]
    [InlineData("4096", 4096UL)]
    [InlineData("0x1000", 4096UL)]
    [InlineData("4K", 4096UL)]
    [InlineData("256M", 256UL << 20)]
    [InlineData("256MiB", 256UL << 20)]
    [InlineData("2g", 2UL << 30)]
    [InlineData("16777215T", 16777215UL << 40)]
    public void Sizes_are_read(string text, ulong bytes)
    {
        Assert.True(Quantity.TryParseBytes(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("iB")]
    [InlineData("-1")]
    [InlineData("1.5G")]
    [InlineData("16777216T")]
    [InlineData("0x")]
    [InlineData("12Q")]
    public void What_is_no_size_is_refused(string text) => Assert.False(Quantity.TryParseBytes(text, out _));

    [Theory]
    [InlineData(1UL, "1 byte")]
    [InlineData(0UL, "0 bytes")]
    [InlineData(4097UL, "4097 bytes")]
    [InlineData(4096UL, "4 KiB")]
    [InlineData(1536UL << 20, "1536 MiB")]
    [InlineData(1UL << 30, "1 GiB")]
    public void Sizes_are_written_in_the_largest_whole_unit(ulong bytes, string text) => Assert.Equal(text, Quantity.Bytes(bytes));

    [Fact]
    public void Memory_is_name_size_and_iova()
    {
        Assert.Null(MemorySpec.Parse("ram=256M@0x100000000", out var spec));
        Assert.Equal(new MemorySpec("ram", new NewMemory(256UL << 20, new Iova(0x1_0000_0000))), spec);
    }

    [Fact]
    public void Memory_that_is_there_is_its_name_alone()
    {
        Assert.Null(MemorySpec.Parse("cache", out var spec));
        Assert.Equal(new MemorySpec("cache", null), spec);
    }

    [Theory]
    [InlineData("1ram", "NAME=SIZE@IOVA")]
    [InlineData("=4K@0x1000", "NAME=SIZE@IOVA")]
    [InlineData("ram=4K", "NAME=SIZE@IOVA")]
    [InlineData("my ram=4K@0x1000", "cannot name")]
    [InlineData("ram=0@0x1000", "no size")]
    [InlineData("ram=many@0x1000", "no size")]
    [InlineData("ram=100@0x1000", "page size")]
    [InlineData("ram=4K@4096", "hexadecimal")]
    [InlineData("ram=4K@0x800", "page size")]
    [InlineData("ram=8K@0xfffffffffffff000", "64 bits")]
    public void What_is_no_memory_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, MemorySpec.Parse(text, out _), StringComparison.Ordinal);

    [Theory]
    [InlineData("preserve", "0000:00:03.0")]
    [InlineData("preserve", "--session", "s")]
    [InlineData("preserve", "--session", "", "0000:00:03.0")]
    [InlineData("preserve", "--session", "0123456789012345678901234567890123456789012345678901234567890123", "0000:00:03.0")]
    [InlineData("preserve", "--session", "s", "--memory", "4G", "0000:00:03.0")]
    [InlineData("preserve", "--session", "s", "--memory", "ram=4K@0x1000")]
    [InlineData("preserve", "--session", "s", "--memory", "ram", "--memory", "ram")]
    [InlineData("memory", "create", "4G", "4G")]
    [InlineData("memory", "create", "cache")]
    [InlineData("memory", "create", "cache", "100")]
    [InlineData("memory", "create", "a/b", "4K")]
    [InlineData("memory", "remove")]
    [InlineData("memory", "list", "4G")]
    [InlineData("preserve", "--session", "s", "-m", "ram=4K@0x1000", "-m", "ram=4K@0x2000", "0000:00:03.0")]
    [InlineData("preserve", "--session", "s", "--driver", "ahci", "0000:00:03.0")]
    [InlineData("preserve", "--session", "s", "--require", "hot", "0000:00:03.0")]
    [InlineData("preflight", "--append", "a=1", "--command-line", "b=2", "0000:00:03.0")]
    [InlineData("kexec")]
    [InlineData("kexec", "--session", "s", "--freeze-limit", "0")]
    [InlineData("kexec", "--session", "s", "--freeze-limit", "soon")]
    [InlineData("restore", "--session", "s", "--verify-only", "--abandon")]
    [InlineData("restore", "--session", "s", "--if-arrived", "--abandon")]
    [InlineData("discard")]
    [InlineData("keeper", "--force")]
    public void What_cannot_be_meant_ends_with_2_before_anything_is_done(params string[] args)
    {
        using var host = DevkeepHost.WithTwoDevices();
        Assert.Equal(ExitCode.Usage, host.Run(args));
        Assert.Empty(host.Output);
        Assert.Contains("--help'", host.Error, StringComparison.Ordinal);
    }
}
