using Devices.LiveUpdate;

namespace Devices.Tests.LiveUpdate;

public sealed class HandoverStateTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Reads_what_a_kernel_with_live_update_shows()
    {
        LiveKernel("out");
        var state = Read();
        Assert.True(state.KhoEnabled);
        Assert.True(state.LiveUpdateEnabled);
        Assert.Equal([new ScratchArea(0x7c000000, 0x2000000), new ScratchArea(0x13a000000, 0x4000000)], state.ScratchAreas);
        Assert.Equal(new AbiVersions("kho-v4", "luo-v5", null), state.Abi);
        Assert.Empty(state.Problems);
    }

    [Fact]
    public void After_a_kexec_the_format_stands_in_the_incoming_tree()
    {
        LiveKernel("in");
        Assert.Equal("kho-v4", Read().Abi.Kho);
    }

    [Fact]
    public void The_memfd_format_comes_from_an_image_that_proves_to_be_the_running_one()
    {
        LiveKernel("out");
        var path = _root.Write("bzImage", SyntheticKernel.BzImage(SyntheticKernel.Gzip(SyntheticKernel.Vmlinux("kho-v4", "luo-v5", "memfd-v2"))));
        using var image = KernelImage.Open(path);
        Assert.Equal("memfd-v2", Read(image).Abi.Memfd);
        _root.Write("proc/version", "Linux version 9.9\n");
        Assert.Null(Read(image).Abi.Memfd);
    }

    [Theory]
    [InlineData("kho=off liveupdate=on", "KHO is off")]
    [InlineData("quiet", "liveupdate=on")]
    [InlineData("kho=on liveupdate=on", "CONFIG_LIVEUPDATE")]
    public void Says_what_is_missing_and_what_to_do(string commandLine, string problem)
    {
        _root.Write("proc/cmdline", commandLine + "\n");
        var state = Read();
        Assert.False(state.KhoEnabled);
        Assert.False(state.LiveUpdateEnabled);
        Assert.Null(state.ScratchAreas);
        Assert.Null(state.Fits(Image(), 0));
        Assert.Contains(state.Problems, text => text.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_debugfs_what_is_not_known_is_not_guessed()
    {
        _root.Write("proc/cmdline", "kho=on liveupdate=on\n");
        _root.Write("sys/class/misc/liveupdate/dev", "10:120\n");
        var state = Read();
        Assert.True(state.KhoEnabled);
        Assert.Equal(default, state.Abi);
        Assert.Null(state.ScratchAreas);
        Assert.Contains("mount debugfs", Assert.Single(state.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0x7c000000\n", "0x2000000\n0x4000000\n")]
    [InlineData("zzz\n", "0x2000000\n")]
    public void Lists_that_make_no_sense_are_not_known(string addresses, string lengths)
    {
        LiveKernel("out");
        _root.Write("sys/kernel/debug/kho/out/scratch_phys", addresses);
        _root.Write("sys/kernel/debug/kho/out/scratch_len", lengths);
        Assert.Null(Read().ScratchAreas);
    }

    [Fact]
    public void A_kernel_fits_where_an_area_has_room_above_its_preferred_address()
    {
        LiveKernel("out");
        var state = Read();
        Assert.True(state.Fits(Image(), 0));
        // 64 MiB and 32 MiB less kernel (23 MiB, aligned to 2 MiB) and the small segments.
        Assert.True(state.Fits(Image(), 60L << 20));
        Assert.False(state.Fits(Image(), 80L << 20));
        Assert.False(state.Fits(Image(initSize: 70 << 20), 0));
        Assert.False(state.Fits(Image(preferredAddress: 0x2_0000_0000), 0));
    }

    [Fact]
    public void Differences_of_formats_name_the_consequence()
    {
        var running = new AbiVersions("kho-v4", "luo-v5", "memfd-v2");
        Assert.Empty(running.DifferencesTo(running));
        Assert.Contains("panic", Assert.Single(running.DifferencesTo(running with { Luo = "luo-v6" })), StringComparison.Ordinal);
        Assert.Contains("drop", Assert.Single(running.DifferencesTo(running with { Kho = null })), StringComparison.Ordinal);
        Assert.Contains("not known", Assert.Single((running with { Memfd = null }).DifferencesTo(running)), StringComparison.Ordinal);
        Assert.True(running.IsComplete);
        Assert.False((running with { Memfd = null }).IsComplete);
    }

    private KernelImage Image(uint initSize = 0x16c7000, ulong preferredAddress = 0x1000000)
    {
        // Only the header counts here. The file stays open for the test's few milliseconds.
        var content = SyntheticKernel.BzImage(SyntheticKernel.Gzip(SyntheticKernel.Vmlinux("kho-v4")), initSize, preferredAddress);
        return KernelImage.Open(_root.Write($"image-{initSize}-{preferredAddress}", content));
    }

    private void LiveKernel(string tree)
    {
        _root.Write("proc/cmdline", "root=/dev/sda1 kho=on liveupdate=on\n");
        _root.Write("proc/version", SyntheticKernel.Banner + "\n");
        _root.Write("sys/class/misc/liveupdate/dev", "10:120\n");
        _root.Write("sys/kernel/debug/kho/out/scratch_phys", "0x7c000000\n0x13a000000\n");
        _root.Write("sys/kernel/debug/kho/out/scratch_len", "0x2000000\n0x4000000\n");
        _root.Write("sys/kernel/debug/kho/out/sub_fdts/LUO", "luo-v5\0\0\u0001\0\0\0\0\0\0\0");
        _root.Write($"sys/kernel/debug/kho/{tree}/fdt", "\u0001\u0002kho-v4\0compatible\0");
    }

    private HandoverState Read(params KernelImage[] images) => HandoverState.Read(_root.Root, images);
}
