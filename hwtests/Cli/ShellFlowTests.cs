using System.Text.Json;
using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.HwTests.Cli;

/// <summary>The whole flow from the shell, over a real kexec: edu with its driver's state and its memory, an NVMe controller with its queues.</summary>
public sealed class ShellFlowTests
{
    private const string Session = "shell";
    private const int MemoryLength = 16 << 20;

    private static string Edu => Rig.ById("1234:11e8")[0];

    private static string Nvme => Rig.ByClass("010802")[0];

    [Fact, BeforeKexec("shell")]
    public void Preserve_and_jump()
    {
        var keeper = new KeeperCommand(); // it lives until the jump
        Assert.Contains("ready", keeper.Ready, StringComparison.Ordinal);

        // Not bound yet: refused before the device is touched, with the way out.
        var (code, _, error) = Preserve();
        Assert.Equal(1, code);
        Assert.Contains("devkeep bind", error, StringComparison.Ordinal);
        Devkeep.Json("bind", Edu, Nvme);

        Assert.Equal(0, Devkeep.Run("preflight", "--image", NextKernel.ImagePath, "--require", "warm", Edu, Nvme).Code);
        var missing = Devkeep.Run("preflight", "--image", "/no/such/image", Edu);
        Assert.Equal(1, missing.Code);
        Assert.Contains("/no/such/image", missing.Output, StringComparison.Ordinal);

        CacheConfig();
        (code, var output, error) = Preserve();
        Assert.True(code == 0, error);
        Assert.Contains($"devkeep kexec --session {Session}", output, StringComparison.Ordinal);
        var again = Preserve();
        Assert.Equal(1, again.Code);
        Assert.Contains("holds a session", again.Error, StringComparison.Ordinal);

        using (var client = KeeperClient.Connect())
        using (var memory = MemFd.Adopt(client.Get($"{Session}/memory/ram")!))
            memory.Fd.WriteExactlyAt(Pattern(), 0);
        var rehearsed = Devkeep.Json("kexec", "--session", Session, "--rehearse");
        Assert.True(rehearsed.GetProperty("record_length").GetInt32() > 0);
        Assert.Equal("outgoing", Assert.Single(Keeper().GetProperty("sessions").EnumerateArray()).GetProperty("direction").GetString());

        NextKernel.Announce();
        (code, _, error) = Devkeep.Run("kexec", "--session", Session);
        Assert.Fail($"devkeep kexec came back with {code}: {error}");
    }

    [Fact, AfterKexec("shell")]
    public void Restore_and_finish()
    {
        using var keeper = new KeeperCommand();
        var unknown = Devkeep.Run("restore", "--session", "another");
        Assert.Equal(1, unknown.Code);
        Assert.Equal("verified", Devkeep.Json("restore", "--session", Session, "--verify-only").GetProperty("state").GetString());

        Assert.Empty(ConfigCacheStore.Load().Entries);
        var restored = Devkeep.Json("restore", "--session", Session);
        Assert.Equal([Nvme], ConfigCacheStore.Load().Entries.Select(static entry => entry.Address.ToString()));
        Assert.Equal("finished", restored.GetProperty("state").GetString());
        Assert.Equal(
            [(Edu, "warm", "edu"), (Nvme, "warm", "nvme")],
            restored.GetProperty("devices").EnumerateArray().Select(static device =>
                (device.GetProperty("address").GetString()!, device.GetProperty("tier").GetString()!, device.GetProperty("driver").GetString()!)));
        Assert.All(restored.GetProperty("devices").EnumerateArray(), static device => Assert.Empty(device.GetProperty("config_differences").EnumerateArray()));
        var blackout = restored.GetProperty("blackout");
        Assert.InRange(blackout.GetProperty("toolkit_ms").GetDouble(), 1, blackout.GetProperty("total_ms").GetDouble());

        using (var client = KeeperClient.Connect())
        using (var memory = MemFd.Adopt(client.Get($"{Session}/memory/ram")!))
        {
            var content = new byte[MemoryLength];
            memory.Fd.ReadExactlyAt(content, 0);
            Assert.True(content.AsSpan().SequenceEqual(Pattern()), "the memory is not what it was");
        }

        var status = Keeper();
        Assert.Empty(status.GetProperty("sessions").EnumerateArray());
        Assert.Equal(1, Devkeep.Run("keeper", "--stop").Code);
        Assert.NotEmpty(Devkeep.Json("discard", "--session", Session).GetProperty("released").EnumerateArray());
        Assert.Empty(Keeper().GetProperty("descriptors").EnumerateArray());
        Devkeep.Json("unbind", Edu, Nvme);
    }

    private static (int Code, string Output, string Error) Preserve() => Devkeep.Run(
        "preserve", "--session", Session, "--memory", "ram=16M@0x100000000", "--driver", "edu", "--driver", "nvme",
        "--image", NextKernel.ImagePath, "--append", "devkeep.phase=after", "--require", "warm", Edu, Nvme);

    // As the commands do that read it.
    private static void CacheConfig()
    {
        var function = PciFunction.Open(PciAddress.Parse(Nvme));
        using var space = function.OpenConfigSpace();
        var cache = new CachedConfigSpace(space);
        Assert.NotNull(cache.Policy);
        var store = new ConfigCacheStore();
        Assert.True(store.Keep(function, ConfigIdentity.Of(function), cache));
        store.Save();
    }

    private static JsonElement Keeper() => Devkeep.Json("status").GetProperty("keeper");

    private static byte[] Pattern()
    {
        var pattern = new byte[MemoryLength];
        new Random(11).NextBytes(pattern);
        return pattern;
    }
}
