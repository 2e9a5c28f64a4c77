using Devices.Linux;

namespace Devices.Vfio;

/// <summary>A transition of a device's migration state failed, and the device may be somewhere on the way.</summary>
public sealed class MigrationException : LinuxException
{
    internal MigrationException(Errno errno, string subject, MigrationState from, MigrationState to, MigrationState? now)
        : base(errno, VfioFeatures.NameOf(VfioFeature.MigrationDeviceState), $"{subject}, {from} to {to}", Advice(now))
    {
        From = from;
        To = to;
        Now = now;
    }

    /// <summary>Where the device was.</summary>
    public MigrationState From { get; }

    /// <summary>Where it should have gone.</summary>
    public MigrationState To { get; }

    /// <summary>Where it is now; null if it does not tell.</summary>
    public MigrationState? Now { get; }

    private static string Advice(MigrationState? now) => now switch
    {
        MigrationState.Error => "The device failed on the way: reset it, which brings it back to Running without the state it had.",
        MigrationState.Resuming => "The device is in Resuming still: what was written is incomplete, or of a device unlike this one. Reset it to give the state up.",
        { } state => $"The device is in {state} now.",
        null => "The device does not tell its state: reset it.",
    };
}
