using System.Text.Json;
using Devices.Cli;
using Devices.Linux;
using Devices.Tests.Broker;

namespace Devices.Tests.Cli;

/// <summary><c>devkeep session</c>, with devkeepd's interfaces in this process: what is asked of it, and how it says no.</summary>
public sealed class SessionCommandTests : IDisposable
{
    private readonly SessionsRig _rig = new();
    private readonly DevkeepHost _host = DevkeepHost.WithTwoDevices();

    public void Dispose()
    {
        _host.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public void Without_sessions_the_list_is_empty()
    {
        Assert.Equal(ExitCode.Success, Run("list", "--json"));
        Assert.Empty(JsonDocument.Parse(_host.Output).RootElement.GetProperty("sessions").EnumerateArray());
    }

    [Theory]
    [InlineData("freeze")]
    [InlineData("thaw")]
    [InlineData("discard")]
    [InlineData("finish")]
    public void A_session_that_is_not_there_is_named_with_the_way_out(string step)
    {
        Assert.Equal(ExitCode.Failed, Run(step, "vm"));
        Assert.Contains("devkeepd refused: vm:", _host.Error, StringComparison.Ordinal);
        Assert.Contains("List shows", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_preserved_is_refused_by_devkeepd_and_named()
    {
        using var unsealed = MemFd.Create("ram", PageSize.Bytes, MemFdSeals.None);
        Assert.Equal(ExitCode.Failed, Run("preserve", "vm", "--memory", $"ram=/proc/{Environment.ProcessId}/fd/{unsealed.Fd.Number}"));
        Assert.Contains("ram: Its seals are None", _host.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, Run("preserve", "vm", "--memory", "ram=/no/such/file"));
        Assert.Contains("/no/such/file", _host.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("preserve", "vm")]
    [InlineData("preserve", "vm", "--device", DevkeepHost.Nvme)]
    [InlineData("preserve", "vm", "--memory", "ram")]
    [InlineData("preserve", "vm", "--memory", "=/proc/self/fd/5")]
    [InlineData("preserve", "vm", "--memory", "a/b=/proc/self/fd/5")]
    [InlineData("restore", "vm")]
    [InlineData("freeze")]
    public void What_is_not_understood_is_misuse(params string[] args) => Assert.Equal(ExitCode.Usage, Run(args));

    [Fact]
    public void Where_nobody_listens_that_is_said()
    {
        Assert.Equal(ExitCode.Failed, _host.Run("session", "list", "--broker", "/no/such/socket"));
        Assert.Contains("Start devkeepd", _host.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void For_people_a_session_is_a_row() => Assert.Contains(
        "vm       frozen  65534 in vm@one.service  ram (4 KiB)  0000:01:00.0  devkeepd:1:65534:vm",
        Text(new SessionListResult([new SessionResult("vm", "devkeepd:1:65534:vm", "frozen", 65534, "vm@one.service", [new SessionMemoryResult("ram", 4096)], ["0000:01:00.0"])])),
        StringComparison.Ordinal);

    private string Text(SessionListResult result)
    {
        new ResultWriter(_host.Host, json: false).Write(result, DevkeepJson.Shapes.SessionListResult, SessionListView.Render);
        return _host.Output;
    }

    private int Run(params string[] args) => _host.Run(["session", .. args, .. args is ["list", ..] or [_, "vm", ..] ? new[] { "--broker", _rig.SocketPath } : []]);
}
