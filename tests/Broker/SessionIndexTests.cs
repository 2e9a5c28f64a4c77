using System.Text;
using Devices.Broker;

namespace Devices.Tests.Broker;

/// <summary>What is written down of sessions for the next kernel, and what of it is believed there.</summary>
public sealed class SessionIndexTests
{
    private static readonly SessionEntry s_entry = new(
        7, "vm", new SessionOwner(65534, "vm@one.service"), "rule", SessionState.Frozen, DateTimeOffset.UnixEpoch, [new SessionMemory("ram", 4096)], [new SessionDevice("0000:01:00.0", "1b36:0010")]);

    [Fact]
    public void What_is_written_is_read()
    {
        var read = Assert.Single(SessionIndex.Read(SessionIndex.Write([s_entry])).Sessions);
        Assert.Equal((s_entry.Number, s_entry.Name, s_entry.Owner, s_entry.Rule, s_entry.State, s_entry.Since), (read.Number, read.Name, read.Owner, read.Rule, read.State, read.Since));
        Assert.Equal(s_entry.Memory, read.Memory);
        Assert.Equal(s_entry.Devices, read.Devices);
        Assert.Empty(SessionIndex.Read(SessionIndex.Write([])).Sessions);
    }

    [Fact]
    public void The_kernels_name_is_short_enough_for_it_however_long_its_parts_are()
    {
        var longest = s_entry with { Number = 9_999_999_999, Name = new string('n', SessionEntry.LongestName), Owner = new SessionOwner(uint.MaxValue, null) };
        longest.Check();
        Assert.Equal($"devkeepd:9999999999:4294967295:{longest.Name}", longest.KernelName.Value);
    }

    [Theory]
    [InlineData("\"number\":7", "\"number\":0")]
    [InlineData("\"number\":7", "\"number\":10000000000")]
    [InlineData("\"number\":7", "\"number\":7,\"number\":8")]
    [InlineData("\"name\":\"vm\"", "\"name\":\"../vm\"")]
    [InlineData("\"name\":\"vm\"", "\"name\":null")]
    [InlineData("\"state\":\"frozen\"", "\"state\":\"thawing\"")]
    [InlineData("\"state\":\"frozen\"", "\"state\":1")]
    [InlineData("vm@one.service", "vm.slice")]
    [InlineData("0000:01:00.0", "../../1")]
    [InlineData("\"size\":4096", "\"size\":0")]
    [InlineData("\"name\":\"ram\"", "\"name\":\"\"")]
    [InlineData("[{\"number\"", "[null,{\"number\"")]
    [InlineData("\"sessions\"", "\"other\":1,\"sessions\"")]
    [InlineData("\"rule\":\"rule\",", "")]
    public void What_the_service_does_not_write_is_not_believed(string written, string read)
    {
        var text = Encoding.UTF8.GetString(SessionIndex.Write([s_entry]));
        Assert.Contains(written, text, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => SessionIndex.Read(Encoding.UTF8.GetBytes(text.Replace(written, read, StringComparison.Ordinal))));
    }

    [Fact]
    public void A_number_stands_for_one_session() => Assert.Throws<InvalidDataException>(() => SessionIndex.Read(SessionIndex.Write([s_entry, s_entry with { Name = "other" }])));

    [Fact]
    public void Whatever_is_cut_off_is_not_read()
    {
        var whole = SessionIndex.Write([s_entry]);
        for (var length = 0; length < whole.Length; length++) Assert.Throws<InvalidDataException>(() => SessionIndex.Read(whole.AsSpan(0, length)));
    }
}
