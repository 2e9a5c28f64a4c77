using Devices.Vfio;
using Can = Devices.Vfio.MigrationCapabilities;
using static Devices.Vfio.MigrationState;

namespace Devices.Tests.Vfio;

/// <summary>Against what the kernel's comments say at <c>vfio_mig_get_next_state</c> and <c>enum vfio_device_mig_state</c>.</summary>
public class MigrationArcsTests
{
    private const Can All = Can.StopCopy | Can.PeerToPeer | Can.PreCopy;

    /// <summary>The combination transitions, as listed there for a device that has all states.</summary>
    [Theory]
    [InlineData(PreCopy, PreCopyP2P, StopCopy)]
    [InlineData(PreCopy, Running, RunningP2P)]
    [InlineData(PreCopy, Running, RunningP2P, Stop)]
    [InlineData(PreCopy, Running, RunningP2P, Stop, Resuming)]
    [InlineData(PreCopyP2P, RunningP2P, Running)]
    [InlineData(PreCopyP2P, RunningP2P, Stop)]
    [InlineData(PreCopyP2P, RunningP2P, Stop, Resuming)]
    [InlineData(Resuming, Stop, RunningP2P)]
    [InlineData(Resuming, Stop, RunningP2P, PreCopyP2P)]
    [InlineData(Resuming, Stop, RunningP2P, Running)]
    [InlineData(Resuming, Stop, RunningP2P, Running, PreCopy)]
    [InlineData(Resuming, Stop, StopCopy)]
    [InlineData(Running, RunningP2P, PreCopyP2P)]
    [InlineData(Running, RunningP2P, Stop)]
    [InlineData(Running, RunningP2P, Stop, Resuming)]
    [InlineData(Running, RunningP2P, Stop, StopCopy)]
    [InlineData(RunningP2P, Running, PreCopy)]
    [InlineData(RunningP2P, Stop, Resuming)]
    [InlineData(RunningP2P, Stop, StopCopy)]
    [InlineData(Stop, RunningP2P, PreCopyP2P)]
    [InlineData(Stop, RunningP2P, Running)]
    [InlineData(Stop, RunningP2P, Running, PreCopy)]
    [InlineData(StopCopy, Stop, Resuming)]
    [InlineData(StopCopy, Stop, RunningP2P)]
    [InlineData(StopCopy, Stop, RunningP2P, Running)]
    public void Combined_transitions_pass_through_what_the_kernel_lists(MigrationState from, params MigrationState[] path)
        => Assert.Equal(path, MigrationArcs.Path(from, path[^1], All));

    [Theory]
    [InlineData(Running, Stop, Can.StopCopy, new[] { Stop })]
    [InlineData(Stop, Running, Can.StopCopy, new[] { Running })]
    [InlineData(Running, StopCopy, Can.StopCopy, new[] { Stop, StopCopy })]
    [InlineData(PreCopy, StopCopy, Can.StopCopy | Can.PreCopy, new[] { StopCopy })]
    [InlineData(PreCopy, Stop, Can.StopCopy | Can.PreCopy, new[] { Running, Stop })]
    public void States_that_a_device_does_not_have_are_passed_over(MigrationState from, MigrationState to, Can capabilities, MigrationState[] path)
        => Assert.Equal(path, MigrationArcs.Path(from, to, capabilities));

    [Theory]
    [InlineData(StopCopy, PreCopy, All)]
    [InlineData(StopCopy, PreCopyP2P, All)]
    [InlineData(Running, Error, All)]
    [InlineData(Error, Running, All)]
    [InlineData(Error, Stop, All)]
    [InlineData(Running, PreCopy, Can.StopCopy)]
    [InlineData(Running, RunningP2P, Can.StopCopy | Can.PreCopy)]
    [InlineData(Running, PreCopyP2P, Can.StopCopy | Can.PreCopy)]
    [InlineData(Running, Stop, Can.None)]
    public void No_way_leads_there(MigrationState from, MigrationState to, Can capabilities)
        => Assert.Null(MigrationArcs.Path(from, to, capabilities));

    [Fact]
    public void Staying_passes_through_nothing_and_saving_states_lie_only_at_the_ends()
    {
        foreach (var capabilities in (Can[])[Can.StopCopy, Can.StopCopy | Can.PeerToPeer, Can.StopCopy | Can.PreCopy, All])
            foreach (var from in Enum.GetValues<MigrationState>())
                foreach (var to in Enum.GetValues<MigrationState>())
                {
                    var path = MigrationArcs.Path(from, to, capabilities);
                    if (path is null) continue;
                    Assert.Equal(from == to, path.Count == 0);
                    Assert.All(path, state => Assert.True(MigrationArcs.Exists(state, capabilities)));
                    var within = path.SkipLast(1).Where(MigrationArcs.IsSaving).ToList();
                    Assert.True(within.Count == 0 || (MigrationArcs.IsSaving(from) && MigrationArcs.IsSaving(to)), $"{from} to {to} through {string.Join(", ", path)}");
                }
    }

    [Fact]
    public void Unknown_states_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MigrationArcs.Path((MigrationState)8, Running, All));
        Assert.Throws<ArgumentOutOfRangeException>(() => MigrationArcs.Path(Running, (MigrationState)uint.MaxValue, All));
    }
}
