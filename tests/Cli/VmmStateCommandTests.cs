using Devices.Cli;
using Devices.Linux;
using Devices.Preservation;
using Devices.Tests.LiveUpdate;
using Devices.Tests.Qemu;

namespace Devices.Tests.Cli;

/// <summary><c>devkeep vmm save</c> and <c>vmm load</c>, with a real keeper.</summary>
public sealed class VmmStateCommandTests : IDisposable
{
    private const string Done = """{"return": {}, "id": ID}""";
    private const string Running = """{"return": {"running": true, "status": "running"}, "id": ID}""";
    private const string Suspended = """{"return": {"running": false, "status": "suspended"}, "id": ID}""";
    private const string Paused = """{"return": {"running": false, "status": "paused"}, "id": ID}""";
    private const string Set = """{"return": {"fdset-id": 0, "fd": 9}, "id": ID}""";
    private const string Completed = """{"return": {"status": "completed"}, "id": ID}""";
    private static readonly byte[] s_state = [.. Enumerable.Range(0, 10_000).Select(static index => (byte)(index * 7))];

    private readonly KeeperRig _rig = new();
    private readonly DevkeepHost _host = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _host.Dispose();
        _rig.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_saved_is_loaded(bool suspended)
    {
        Create("16K");
        string[] first = suspended ? [Suspended, Suspended] : [Running];
        using (var qemu = new ScriptedQemu(_folder, [.. first, Done, Done, Done, Set, Done, Completed, Done, Done]) { Received = static file => file.WriteExactlyAt(s_state, 0) })
        {
            Succeed(["vmm", "save", "--qmp", qemu.Socket, "--memory", "state", "--keeper", _rig.Server.SocketPath, "--quit", .. suspended ? (string[])["--suspended"] : []]);
            Assert.Contains("\"quit\"", qemu.Commands[^1].Command, StringComparison.Ordinal);
        }

        File.Delete(_folder.File("qmp.sock"));
        var loaded = new byte[s_state.Length];
        string[] last = suspended ? [Paused, Done, Done] : [Done];
        using (var qemu = new ScriptedQemu(_folder, [Done, Done, Set, Done, Completed, Done, .. last]) { Received = file => file.ReadExactlyAt(loaded, 0) })
        {
            Succeed(["vmm", "load", "--qmp", qemu.Socket, "--memory", "state", "--keeper", _rig.Server.SocketPath]);
            Assert.Contains(suspended ? "system_wakeup" : "cont", qemu.Commands[^1].Command, StringComparison.Ordinal);
            Assert.Contains(suspended ? "cpr-reboot" : "normal", qemu.Commands[2].Command, StringComparison.Ordinal);
        }

        Assert.Equal(s_state, loaded);
    }

    [Fact]
    public void A_guest_whose_state_does_not_fit_goes_on()
    {
        Create("8K");
        using var qemu = new ScriptedQemu(_folder, Running, Done, Done, Done, Set, Done, Completed, Done, Done) { Received = static file => file.WriteExactlyAt(s_state, 0) };
        Assert.Equal(ExitCode.Failed, _host.Run("vmm", "save", "--qmp", qemu.Socket, "--memory", "state", "--keeper", _rig.Server.SocketPath, "--quit"));
        Assert.Contains("devkeep memory create NAME 16384", _host.Error, StringComparison.Ordinal);
        Assert.Contains("\"cont\"", qemu.Commands[^1].Command, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_state_or_a_damaged_one_is_not_loaded()
    {
        Create("16K");
        Assert.Equal(ExitCode.Failed, _host.Run("vmm", "load", "--qmp", "/nowhere/qmp.sock", "--memory", "state", "--keeper", _rig.Server.SocketPath));
        Assert.Contains("no machine's state", _host.Error, StringComparison.Ordinal);
        using var memory = NamedMemory.Open(_rig.Server.Keeper, "state")!;
        SavedState.Write(memory, s_state, Devices.Qemu.SaveMode.Normal);
        int[] everywhere = [.. Enumerable.Range(8, 48).Where(static at => at is < 12 or >= 16), 4096, 9000, 4096 + s_state.Length - 1]; // all that the page says but for a word without a meaning
        foreach (var at in everywhere) AssertDamaged(memory, at);
    }

    [Theory]
    [InlineData("save")]
    [InlineData("load")]
    public void It_takes_a_monitor_and_memory_by_its_name(string command)
    {
        Assert.Equal(ExitCode.Usage, _host.Run("vmm", command, "--memory", "state"));
        Assert.Equal(ExitCode.Usage, _host.Run("vmm", command, "--qmp", "/nowhere/qmp.sock"));
        Assert.Equal(ExitCode.Usage, _host.Run("vmm", command, "--qmp", "/nowhere/qmp.sock", "--memory", "4G"));
    }

    private static void AssertDamaged(MemFd memory, int at)
    {
        Span<byte> one = stackalloc byte[1];
        memory.Fd.ReadExactlyAt(one, at);
        one[0] ^= 0x80;
        memory.Fd.WriteExactlyAt(one, at);
        var refused = Assert.Throws<UserException>(() => SavedState.Read(memory, "state"));
        Assert.Contains("damaged", refused.Message, StringComparison.Ordinal);
        one[0] ^= 0x80;
        memory.Fd.WriteExactlyAt(one, at);
        Assert.Equal(s_state, SavedState.Read(memory, "state").State);
    }

    private void Create(string size) => Succeed(["memory", "create", "state", size, "--keeper", _rig.Server.SocketPath]);

    private void Succeed(string[] args) => Assert.True(_host.Run(args) == ExitCode.Success, _host.Error);
}
