using System.Globalization;
using Devices.Linux;

namespace Devices.Tests.Linux;

/// <summary>What the kernel tells of the process at the other end of a stream.</summary>
public sealed class UnixStreamTests
{
    [Fact]
    public void The_other_end_is_in_the_groups_that_proc_tells_of()
    {
        var (first, second) = UnixStream.Pair();
        using (first)
        using (second)
        {
            var line = File.ReadLines("/proc/self/status").Single(static line => line.StartsWith("Groups:", StringComparison.Ordinal));
            var groups = line["Groups:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static group => uint.Parse(group, CultureInfo.InvariantCulture));
            Assert.Equal(groups.Order(), first.PeerGroups.Order());
            Assert.Equal(Environment.ProcessId, first.Peer.ProcessId);
        }
    }

    [SkippableFact]
    public void The_other_end_is_in_the_control_groups_that_proc_tells_of()
    {
        var (first, second) = UnixStream.Pair();
        using (first)
        using (second)
        {
            var cgroup = first.ReadPeerCgroup();
            Skip.If(cgroup is null, "this kernel gives no pidfd of a peer");
            Assert.Equal(File.ReadAllText("/proc/self/cgroup"), cgroup);
        }
    }

    [SkippableFact]
    public void A_process_is_known_by_its_descriptors()
    {
        var (first, second) = UnixStream.Pair();
        using (first)
        using (second)
        {
            using var self = first.OpenPeerProcess();
            Skip.If(self is null, "this kernel gives no pidfd of a peer");
            using var again = second.OpenPeerProcess();
            Assert.True(self.IsSameAs(again!));
            Assert.Equal((Environment.ProcessId, false), (self.Id, self.HasEnded));
        }

        using var memory = MemFd.Create("no process", 1);
        Assert.Null(ProcessFd.TryAdopt(memory.Fd));
    }
}
