using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Devices.Cli;
using Devices.Linux;
using Devices.Preservation;
using Devices.Tests.LiveUpdate;

namespace Devices.Tests.Cli;

/// <summary><c>devkeep memory</c>, with a real keeper.</summary>
public sealed class MemoryCommandTests : IDisposable
{
    private readonly KeeperRig _rig = new();
    private readonly DevkeepHost _host = new();

    public void Dispose()
    {
        _host.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public void Memory_is_created_listed_with_its_checksum_and_removed()
    {
        Assert.Equal(ExitCode.Success, Run("create", "cache", "64K"));
        var content = new byte[64 << 10];
        content[5] = 7;
        using (var memory = NamedMemory.Open(_rig.Server.Keeper, "cache")!)
        {
            Assert.Equal(MemFdSeals.FixedSize, memory.Seals);
            memory.Fd.WriteExactlyAt(content, 0);
        }

        var listed = Assert.Single(List("cache", "--checksum"));
        Assert.Equal(("cache", 64 << 10, 64 << 10), (listed.GetProperty("name").GetString(), listed.GetProperty("length").GetInt32(), listed.GetProperty("allocated").GetInt32()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), listed.GetProperty("sha256").GetString());
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("session").ValueKind);
        Assert.Empty(listed.GetProperty("used_by").EnumerateArray());

        Assert.Equal(ExitCode.Success, Run("remove", "cache"));
        Assert.Empty(_rig.Server.Keeper.List());
    }

    [Fact]
    public void Reading_memory_for_its_checksum_allocates_nothing()
    {
        Run("create", "cache", "3M");
        var listed = Assert.Single(List("--checksum"));
        Assert.Equal(0, listed.GetProperty("allocated").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(new byte[3 << 20])), listed.GetProperty("sha256").GetString());
    }

    [Fact]
    public void A_name_that_is_taken_is_refused_and_the_memory_stays()
    {
        Run("create", "cache", "64K");
        Assert.Equal(ExitCode.Failed, Run("create", "cache", "4K"));
        Assert.Contains("devkeep memory remove cache", _host.Error, StringComparison.Ordinal);
        Assert.Equal(64 << 10, Assert.Single(List()).GetProperty("length").GetInt32());
    }

    [Theory]
    [InlineData("remove", "other")]
    [InlineData("list", "other")]
    public void A_name_that_is_not_there_is_told_with_the_ways_to_it(params string[] args)
    {
        Assert.Equal(ExitCode.Failed, Run(args));
        Assert.Contains("devkeep memory create other", _host.Error, StringComparison.Ordinal);
        Assert.Contains("devkeep restore", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_a_process_has_is_removed_by_force_alone_and_stays_its()
    {
        Run("create", "cache", "64K");
        Run("create", "idle", "64K"); // the same kind of file, and not the same file
        using var memory = NamedMemory.Open(_rig.Server.Keeper, "cache")!;
        using var user = Using(memory);
        Assert.Equal(new[] { $"sh (pid {user.Id})" }, List("cache")[0].GetProperty("used_by").EnumerateArray().Select(static each => each.GetString()!));
        Assert.Empty(List("idle")[0].GetProperty("used_by").EnumerateArray());

        Assert.Equal(ExitCode.Failed, Run("remove", "cache"));
        Assert.Contains($"sh (pid {user.Id})", _host.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, Run("remove", "cache", "--force"));
        Assert.Contains($"it lasts as long as sh (pid {user.Id})", _host.Output, StringComparison.Ordinal);
        user.StandardInput.Close();
        user.WaitForExit();
        Assert.Equal("idle", Assert.Single(List()).GetProperty("name").GetString());
    }

    [Fact]
    public void A_session_of_any_name_takes_no_named_memory_along_when_it_is_discarded()
    {
        Run("create", "cache", "64K");
        foreach (var session in new[] { "memory", "memory:cache", "m" })
            Assert.Equal(ExitCode.Failed, _host.Run("discard", "--session", session, "--keeper", _rig.Server.SocketPath));
        Assert.Single(List());
    }

    // Has the memory open until its standard input is closed.
    private static Process Using(MemFd memory)
    {
        using var lease = memory.Fd.Lease();
        var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec 5<>/proc/{Environment.ProcessId}/fd/{lease.Number}; echo open; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        Assert.Equal("open", process.StandardOutput.ReadLine());
        return process;
    }

    private int Run(params string[] args) => _host.Run(["memory", .. args, "--keeper", _rig.Server.SocketPath]);

    private List<JsonElement> List(params string[] args)
    {
        using var host = new DevkeepHost();
        Assert.True(host.Run(["memory", "list", .. args, "--json", "--keeper", _rig.Server.SocketPath]) == ExitCode.Success, host.Error);
        using var json = JsonDocument.Parse(host.Output);
        return [.. json.RootElement.Clone().GetProperty("memory").EnumerateArray()];
    }
}
