using System.Text.Json;
using Devices.Cli;
using Devices.Preservation;

namespace Devices.Tests.Cli;

/// <summary>What record show makes of files that are and are not records.</summary>
public sealed class RecordCommandTests : IDisposable
{
    private readonly DevkeepHost _host = new();
    private readonly string _path = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(_path);
        _host.Dispose();
    }

    [Fact]
    public void Versions_are_those_of_the_build()
    {
        Assert.Equal(ExitCode.Success, _host.Run("record", "versions", "--json"));
        using var json = JsonDocument.Parse(_host.Output);
        Assert.Equal(RecordFormat.Current, json.RootElement.GetProperty("writes").GetUInt32());
        Assert.Equal(RecordFormat.OldestRead, json.RootElement.GetProperty("oldest_read").GetUInt32());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8192)]
    public void A_file_that_is_no_record_is_refused_with_the_field(int length)
    {
        File.WriteAllBytes(_path, new byte[length]);
        Assert.Equal(ExitCode.NotAsSaved, _host.Run("record", "show", _path));
        Assert.StartsWith("devkeep: State record, ", _host.Error, StringComparison.Ordinal);
        Assert.Empty(_host.Output);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        Assert.Equal(ExitCode.Failed, _host.Run("record", "show", "/no/such/record"));
        Assert.Contains("/no/such/record", _host.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("record")]
    [InlineData("record", "show")]
    [InlineData("record", "show", "file", "--session", "lab")]
    public void A_file_or_a_session_is_wanted_not_both(params string[] args) => Assert.Equal(ExitCode.Usage, _host.Run(args));
}
