using Devices.Cli;
using Devices.Pci;
using Devices.Tests.Pci;

namespace Devices.Tests.Cli;

/// <summary>devkeep cache on files that hold what devices would.</summary>
public sealed class CacheCommandTests : IDisposable
{
    private readonly DevkeepHost _host = DevkeepHost.WithTwoDevices();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("devices-cache-");

    public CacheCommandTests()
    {
        var bytes = ConfigSpaceDump.Load(ConfigDumps.Own.Single(static file => Path.GetFileName(file) == "qemu-nvme"))[0].Snapshot.Bytes.ToArray();
        File.WriteAllBytes(ConfigFile, bytes);
        var function = _host.Sysfs.Open(DevkeepHost.Nvme);
        using var space = function.OpenConfigSpace();
        var cache = new CachedConfigSpace(space);
        _ = PciCapabilities.Read(cache);
        var store = ConfigCacheStore.Load(Store);
        Assert.True(store.Keep(function, ConfigIdentity.Of(function), cache));
        store.Save(Store);
    }

    private string Store => Path.Combine(_folder.FullName, "store");

    private string ConfigFile => _host.Sysfs.PathOf(DevkeepHost.Nvme, "config");

    public void Dispose()
    {
        _host.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void What_is_kept_is_listed_with_whether_it_would_be_used()
    {
        Assert.Equal(ExitCode.Success, Run("cache", "stats"));
        var entry = Assert.Single(ConfigCacheStore.Load(Store).Entries);
        Assert.Equal(
            $"""
            {Store}
            FUNCTION      OF      VIEW  SAVED  RECORD     SPARES    USED
            0000:01:00.0  itself  raw   now    {entry.Record.Length} bytes  41 bytes  yes

            """.ReplaceLineEndings("\n"),
            _host.Output);
    }

    [Fact]
    public void What_is_as_the_device_has_it_stays()
    {
        Assert.Equal(ExitCode.Success, Run("cache", "verify"));
        Assert.Contains("1 function     as kept", _host.Output, StringComparison.Ordinal);
        Assert.Single(ConfigCacheStore.Load(Store).Entries);
    }

    [Fact]
    public void What_differs_is_named_and_dropped()
    {
        Change(0x86, 0x40);
        Change(0x62, 0x01);
        Assert.Equal(ExitCode.Failed, Run("cache", "verify", DevkeepHost.Nvme));
        Assert.Contains("1 register differs; dropped", _host.Output, StringComparison.Ordinal);
        Assert.Contains("Power Management: Capabilities", _host.Output, StringComparison.Ordinal);
        Assert.Empty(ConfigCacheStore.Load(Store).Entries);
        Assert.Equal(ExitCode.Success, Run("cache", "verify"));
    }

    [Fact]
    public void What_is_of_another_device_is_dropped_and_no_difference()
    {
        _host.Sysfs.Set(DevkeepHost.Nvme, "revision", "0x03");
        Assert.Equal(ExitCode.Success, Run("cache", "stats"));
        Assert.Contains("no: its revision was 0x02 and is 0x03", _host.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, Run("cache", "verify"));
        Assert.Contains("dropped: its revision was 0x02 and is 0x03", _host.Output, StringComparison.Ordinal);
        Assert.Empty(ConfigCacheStore.Load(Store).Entries);
    }

    [Fact]
    public void Clearing_removes_everything_also_of_a_damaged_file()
    {
        Assert.Equal(ExitCode.Success, Run("cache", "clear"));
        Assert.Contains("1 removed", _host.Output, StringComparison.Ordinal);
        Assert.Empty(ConfigCacheStore.Load(Store).Entries);

        File.WriteAllText(Store, "something else that is long enough");
        Assert.Equal(ExitCode.Failed, Run("cache", "stats"));
        Assert.Contains("it is no store of caches", _host.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, Run("cache", "clear"));
        Assert.Equal(ExitCode.Success, Run("cache", "stats"));
    }

    [Fact]
    public void Where_nothing_is_kept_that_is_no_failure_unless_a_function_was_named()
    {
        File.Delete(Store);
        foreach (var command in (string[])["stats", "verify", "clear"])
            Assert.Equal(ExitCode.Success, Run("cache", command));
        Assert.False(File.Exists(Store));
        Assert.Equal(ExitCode.Failed, Run("cache", "verify", DevkeepHost.Edu));
        Assert.Contains($"Nothing is kept of {DevkeepHost.Edu}", _host.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("COMMAND", "0107", 1)]
    [InlineData("SUBSYSTEM_ID", "1234", 0)]
    [InlineData("200.l", "0", 0)]
    public void A_write_that_may_change_constants_ends_what_is_kept(string register, string value, int left)
    {
        Assert.Equal(ExitCode.Success, Run("config", "write", DevkeepHost.Nvme, register, value, "--force"));
        Assert.Equal(left, ConfigCacheStore.Load(Store).Entries.Count);
    }

    private int Run(params string[] args) => _host.Run([.. args, "--store", Store]);

    private void Change(int offset, byte bits)
    {
        using var file = File.Open(ConfigFile, FileMode.Open);
        file.Position = offset;
        var value = (byte)file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ bits));
    }
}
