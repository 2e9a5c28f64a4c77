using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.Preservation;

/// <summary>What to keep over the next change of kernel, and how.</summary>
public sealed record PreservationRequest
{
    /// <summary>How much of the host's caches can be carried over, in bytes: 8 MiB.</summary>
    public const int MaxHostConfigCacheLength = 8 << 20;

    /// <summary>How long devices and other holders may take to come to rest, unless told otherwise.</summary>
    public static TimeSpan DefaultFreezeLimit { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The session's name, by which the next kernel's process asks for it.</summary>
    public required SessionName Session { get; init; }

    /// <summary>
    /// Whether somebody else made the session, and the keeper adopted it (<see cref="IFdKeeper.AdoptSession"/>): then it is filled, not created. If that fails the keeper lets go of
    /// it, and what was put into it by then is given up when its maker closes it too.
    /// </summary>
    public bool IsSessionAdopted { get; init; }

    /// <summary>Who holds everything from before the session is made to the jump.</summary>
    public required IFdKeeper Keeper { get; init; }

    /// <summary>The kernel to jump into; null where somebody else loads it, and jumps.</summary>
    public required NextKernel? NextKernel { get; init; }

    /// <summary>The devices; none where memory alone is kept.</summary>
    public required IReadOnlyList<KeptDevice> Devices { get; init; }

    /// <summary>The memory: all that is mapped for the devices, and whatever else is to be kept.</summary>
    public required IReadOnlyList<KeptMemory> Memory { get; init; }

    /// <summary>The lowest tier that will do, for every device: a device that can only have less refuses the plan before anything is touched.</summary>
    public PreservationTier Require { get; init; } = PreservationTier.Cold;

    /// <summary>The highest tier to use, also where a device can have more.</summary>
    public PreservationTier AtMost { get; init; } = PreservationTier.Live;

    /// <summary>
    /// The content of a <see cref="ConfigCacheStore"/>, for what else the host knows of its devices: given back by <see cref="ArrivedSession.HostConfigCache"/>.
    /// At most <see cref="MaxHostConfigCacheLength"/> bytes; empty for none.
    /// </summary>
    public ReadOnlyMemory<byte> HostConfigCache { get; init; }

    /// <summary>
    /// Tells the version of a function's firmware (of a VF its PF's), or null where it is not known. Cached configuration comes back only if it is the same then:
    /// see <see cref="VerifiedSession.Restore"/>. Null to compare ids, class, revision and SR-IOV layout alone.
    /// </summary>
    public Func<PciFunction, string?>? Firmware { get; init; }

    /// <summary>How long devices and other holders may take to come to rest.</summary>
    public TimeSpan FreezeLimit { get; init; } = DefaultFreezeLimit;
}
