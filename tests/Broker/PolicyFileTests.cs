using System.Text;
using Devices.Broker;
using FsCheck;
using FsCheck.Fluent;
using Mono.Unix.Native;

namespace Devices.Tests.Broker;

/// <summary>Policy files: what is read, and what is refused by name.</summary>
public sealed class PolicyFileTests : IDisposable
{
    private const string Good = """{ "rules": [ { "name": "a", "user": "1000", "devices": ["0000:01:00.0"] } ] }""";
    private static readonly uint s_self = Syscall.geteuid();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("policy");

    private string FilePath => Path.Combine(_folder.FullName, "policy.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_rule_says_who_may_have_what()
    {
        var policy = Parse("""
            {
              // for the night shift
              "rules": [
                { "name": "a", "user": "root", "group": "0", "unit": "vm@.service", "devices": ["01:00.0", "1B36:0010", "group:12"], "memoryMiB": 4096, "sessions": 3, "sessionMemoryMiB": 1024 },
                { "name": "b", "user": "1000" }
              ]
            }
            """);
        Assert.Equal(["a", "b"], policy.Rules.Select(static rule => rule.Name));
        Assert.Equal((0u, 0u, "vm@.service", 4L << 30), (policy.Rules[0].User!.Value, policy.Rules[0].Group!.Value, policy.Rules[0].Unit, policy.Rules[0].MemoryBytes));
        Assert.Equal((3, 1L << 30, 0, 0L), (policy.Rules[0].Sessions, policy.Rules[0].SessionMemoryBytes, policy.Rules[1].Sessions, policy.Rules[1].SessionMemoryBytes));
        Assert.Equal(3, policy.Rules[0].Devices.Count);
        Assert.Equal((1000u, 0, 0L), (policy.Rules[1].User!.Value, policy.Rules[1].Devices.Count, policy.Rules[1].MemoryBytes));
        Assert.Empty(Parse("""{ "rules": [] }""").Rules);
    }

    [Theory]
    [InlineData("", "tokens")]
    [InlineData("null", "null")]
    [InlineData("{}", "rules")]
    [InlineData("""{ "rules": null }""", "rules")]
    [InlineData("""{ "rules": [null] }""", "null")]
    [InlineData("""{ "rules": [], "rule": [] }""", "rule")]
    [InlineData("""{ "rules": [ { "user": "1" } ] }""", "name")]
    [InlineData("""{ "rules": [ { "name": " ", "user": "1" } ] }""", "no name")]
    [InlineData("""{ "rules": [ { "name": "a", "usr": "1" } ] }""", "usr")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "user": "2" } ] }""", "user")]
    [InlineData("""{ "rules": [ { "name": "a", "user": 1 } ] }""", "user")]
    [InlineData("""{ "rules": [ { "name": "a", "devices": ["0000:01:00.0"] } ] }""", "everybody")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1" }, { "name": "a", "user": "2" } ] }""", "twice")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "no such user" } ] }""", "no such user")]
    [InlineData("""{ "rules": [ { "name": "a", "group": "no such group" } ] }""", "no such group")]
    [InlineData("""{ "rules": [ { "name": "a", "unit": "vm.slice" } ] }""", "vm.slice")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "devices": ["vfio0"] } ] }""", "vfio0")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "devices": ["1b36:10"] } ] }""", "1b36:10")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "devices": ["group:-1"] } ] }""", "group:-1")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "devices": null } ] }""", "devices")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "devices": [null] } ] }""", "no device")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "memoryMiB": -1 } ] }""", "-1")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "memoryMiB": 9223372036854775807 } ] }""", "9223372036854775807")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "sessions": -1 } ] }""", "-1")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "sessions": 129 } ] }""", "129")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "sessions": 1.5 } ] }""", "sessions")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "sessions": 1, "sessionMemoryMiB": -1 } ] }""", "-1")]
    [InlineData("""{ "rules": [ { "name": "a", "user": "1", "sessionMemoryMiB": 1 } ] }""", "no session")]
    public void What_does_not_say_exactly_what_it_means_is_refused_by_name(string text, string named)
    {
        var refused = Assert.Throws<PolicyException>(() => Parse(text));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_file_holds_it_is_read_or_refused()
    {
        var changes = Gen.Choose(0, Good.Length - 1).SelectMany(static at => Gen.Choose(0, 255).Select(value => (At: at, Value: (byte)value)));
        Prop.ForAll(changes.ListOf().ToArbitrary(), static list =>
        {
            var text = Encoding.UTF8.GetBytes(Good);
            foreach (var (at, value) in list) text[at] = value;
            try
            {
                return PolicyFile.Parse("it", text).Rules.All(static rule => rule.User is not null || rule.Group is not null || rule.Unit is not null);
            }
            catch (PolicyException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_file_of_root_s_that_nobody_else_may_write_is_read()
    {
        Write(FilePermissions.S_IRUSR | FilePermissions.S_IWUSR | FilePermissions.S_IRGRP | FilePermissions.S_IROTH);
        Assert.Single(PolicyFile.Load(FilePath, s_self).Rules);
    }

    [Theory]
    [InlineData(FilePermissions.S_IWGRP)]
    [InlineData(FilePermissions.S_IWOTH)]
    public void A_file_that_others_may_write_is_refused(FilePermissions others)
    {
        Write(FilePermissions.S_IRUSR | others);
        Assert.Contains($"chmod go-w {FilePath}", Refused(s_self), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_a_folder_that_others_may_write_to_is_refused()
    {
        Write(FilePermissions.S_IRUSR);
        Assert.Equal(0, Syscall.chmod(_folder.FullName, FilePermissions.S_IRWXU | FilePermissions.S_IRWXG));
        Assert.Contains($"chmod go-w {_folder.FullName}", Refused(s_self), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_file_of_another_user_s_is_refused()
    {
        Skip.If(s_self != 0, "only root gives a file away");
        Write(FilePermissions.S_IRUSR);
        Assert.Equal(0, Syscall.chown(FilePath, 65534, 65534));
        Assert.Contains("belongs to user 65534", Refused(0), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_or_too_long_or_not_there_is_refused()
    {
        Assert.Contains(FilePath, Refused(s_self), StringComparison.Ordinal);
        Directory.CreateDirectory(FilePath);
        Assert.Contains("no regular file", Refused(s_self), StringComparison.Ordinal);
        Directory.Delete(FilePath);
        File.WriteAllText(FilePath, Good + new string(' ', 1 << 20));
        Assert.Contains("more than", Refused(s_self), StringComparison.Ordinal);
    }

    private static AccessPolicy Parse(string text) => PolicyFile.Parse("the policy", Encoding.UTF8.GetBytes(text));

    private string Refused(uint owner) => Assert.Throws<PolicyException>(() => PolicyFile.Load(FilePath, owner)).Message;

    private void Write(FilePermissions mode)
    {
        File.WriteAllText(FilePath, Good);
        Assert.Equal(0, Syscall.chmod(FilePath, mode));
    }
}
