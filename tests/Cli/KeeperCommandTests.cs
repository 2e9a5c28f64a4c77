using System.Text.Json;
using Devices.Cli;
using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Tests.Cli;

/// <summary>The commands that talk to a keeper, with a real one on a socket in a folder of the test's.</summary>
public sealed class KeeperCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("devkeep-").FullName;
    private readonly CancellationTokenSource _end = new();
    private readonly KeeperServer _server;
    private readonly Thread _thread;
    private readonly DevkeepHost _host = DevkeepHost.WithTwoDevices();

    public KeeperCommandTests()
    {
        _server = KeeperServer.Listen(SocketPath);
        _thread = new Thread(() => _server.Run(_end.Token));
        _thread.Start();
    }

    private string SocketPath => Path.Combine(_folder, "keeper.sock");

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        foreach (var held in _server.Keeper.List())
            _server.Keeper.Remove(held.Name);
        _server.Dispose();
        _end.Dispose();
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Status_shows_what_the_keeper_holds()
    {
        using (var memory = MemFd.Create("ram", PageSize.Bytes))
            _server.Keeper.Put("lab/memory/ram", memory.Fd);
        Assert.Equal(ExitCode.Success, _host.Run("status", "--keeper", SocketPath, "--json"));
        using var json = JsonDocument.Parse(_host.Output);
        var keeper = json.RootElement.GetProperty("keeper");
        Assert.Equal(Environment.ProcessId, keeper.GetProperty("pid").GetInt32());
        var held = Assert.Single(keeper.GetProperty("descriptors").EnumerateArray());
        Assert.Equal(("lab/memory/ram", "memfd"), (held.GetProperty("name").GetString(), held.GetProperty("kind").GetString()));
    }

    [Fact]
    public void Status_without_a_keeper_is_an_answer_and_no_failure()
    {
        Assert.Equal(ExitCode.Success, _host.Run("status", "--keeper", Path.Combine(_folder, "none.sock")));
        Assert.Contains("none is running", _host.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kexec", "--session", "lab")]
    [InlineData("restore", "--session", "lab")]
    [InlineData("discard", "--session", "lab")]
    [InlineData("preserve", "--session", "lab", DevkeepHost.Nvme)]
    [InlineData("update", "--dry-run", DevkeepHost.Nvme)]
    public void What_needs_a_keeper_says_how_to_start_one(params string[] args)
    {
        Assert.Equal(ExitCode.Failed, _host.Run([.. args, "--keeper", Path.Combine(_folder, "none.sock")]));
        Assert.Contains("devkeep keeper", _host.Error, StringComparison.Ordinal);
        Assert.Empty(_host.Output);
    }

    [Fact]
    public void Discarding_releases_what_is_held_of_that_session_alone()
    {
        using (var memory = MemFd.Create("ram", PageSize.Bytes))
        {
            _server.Keeper.Put("lab/memory/ram", memory.Fd);
            _server.Keeper.Put("lab2/memory/ram", memory.Fd);
        }

        Assert.Equal(ExitCode.Success, _host.Run("discard", "--session", "lab", "--keeper", SocketPath));
        Assert.Equal(["lab2/memory/ram"], _server.Keeper.List().Select(static held => held.Name));
        Assert.Equal(ExitCode.Failed, _host.Run("discard", "--session", "lab", "--keeper", SocketPath));
        Assert.Contains("holds nothing of a session 'lab'", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_keeper_is_refused_and_the_first_one_is_named()
    {
        Assert.Equal(ExitCode.Failed, _host.Run("keeper", "--socket", SocketPath));
        Assert.Contains($"(pid {Environment.ProcessId})", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_keeper_that_holds_something_is_not_stopped()
    {
        using (var memory = MemFd.Create("ram", PageSize.Bytes))
            _server.Keeper.Put("lab/memory/ram", memory.Fd);
        Assert.Equal(ExitCode.Failed, _host.Run("keeper", "--stop", "--socket", SocketPath));
        Assert.NotEmpty(_host.Error);
        _server.Keeper.Remove("lab/memory/ram");
        Assert.Equal(ExitCode.Success, _host.Run("keeper", "--stop", "--socket", SocketPath));
        Assert.True(_thread.Join(TimeSpan.FromSeconds(10)));
    }
}
