using static Devices.Vfio.MigrationState;

namespace Devices.Vfio;

/// <summary>Which ways lead from one migration state to another: what a transition passes through on its way.</summary>
/// <remarks>The rules stand at <c>enum vfio_device_mig_state</c> in <c>linux/vfio.h</c>; the kernel follows them by the same table.</remarks>
public static class MigrationArcs
{
    private const int States = (int)vfio_device_mig_state.VFIO_DEVICE_STATE_NR;

    // The next step, for a device that has all states. Rows are where it is, columns where it shall go: Error, Stop, Running, StopCopy,
    // Resuming, RunningP2P, PreCopy, PreCopyP2P. Error stands for "no way".
    private static ReadOnlySpan<MigrationState> Next =>
    [
        /* Error */ Error, Error, Error, Error, Error, Error, Error, Error,
        /* Stop */ Error, Stop, RunningP2P, StopCopy, Resuming, RunningP2P, RunningP2P, RunningP2P,
        /* Running */ Error, RunningP2P, Running, RunningP2P, RunningP2P, RunningP2P, PreCopy, RunningP2P,
        /* StopCopy */ Error, Stop, Stop, StopCopy, Stop, Stop, Error, Error,
        /* Resuming */ Error, Stop, Stop, Stop, Resuming, Stop, Stop, Stop,
        /* RunningP2P */ Error, Stop, Running, Stop, Stop, RunningP2P, Running, PreCopyP2P,
        /* PreCopy */ Error, Running, Running, PreCopyP2P, Running, Running, PreCopy, PreCopyP2P,
        /* PreCopyP2P */ Error, RunningP2P, RunningP2P, StopCopy, RunningP2P, RunningP2P, PreCopy, PreCopyP2P,
    ];

    /// <summary>The states that a device passes through on its way, the last one included.</summary>
    /// <param name="from">Where it is.</param>
    /// <param name="to">Where it shall go.</param>
    /// <param name="capabilities">Which states it has.</param>
    /// <returns>The states after <paramref name="from"/>, none if it is there already; null if no way leads there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such state.</exception>
    public static IReadOnlyList<MigrationState>? Path(MigrationState from, MigrationState to, MigrationCapabilities capabilities)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)from, (uint)States, nameof(from));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)to, (uint)States, nameof(to));
        if (!Exists(from, capabilities) || !Exists(to, capabilities) || to == Error) return null;
        var path = new List<MigrationState>();
        for (var state = from; state != to;)
        {
            state = Step(state, to);
            // States that the device does not have are passed over.
            while (state != Error && !Exists(state, capabilities)) state = Step(state, to);
            if (state == Error) return null;
            path.Add(state);
        }

        return path;
    }

    /// <summary>Whether a device has a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="capabilities">What the device says.</param>
    public static bool Exists(MigrationState state, MigrationCapabilities capabilities)
    {
        var needed = state switch
        {
            Error => MigrationCapabilities.None,
            RunningP2P => MigrationCapabilities.StopCopy | MigrationCapabilities.PeerToPeer,
            PreCopy => MigrationCapabilities.StopCopy | MigrationCapabilities.PreCopy,
            PreCopyP2P => MigrationCapabilities.StopCopy | MigrationCapabilities.PeerToPeer | MigrationCapabilities.PreCopy,
            _ => MigrationCapabilities.StopCopy,
        };
        return (capabilities & needed) == needed;
    }

    /// <summary>Whether the device's state can be read in a state.</summary>
    internal static bool IsSaving(MigrationState state) => state is StopCopy or PreCopy or PreCopyP2P;

    private static MigrationState Step(MigrationState from, MigrationState to) => Next[((int)from * States) + (int)to];
}
