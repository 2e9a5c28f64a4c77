using System.Buffers;
using Devices.Pci;

namespace Devices.VmStart;

/// <summary>A VM's start that was recorded, under what the cache knows before it.</summary>
/// <param name="Name">What it knows.</param>
/// <param name="Reads">What came of the reads.</param>
public sealed record VmStartScenario(string Name, VmStartReads Reads)
{
    /// <summary>One VF, of which and of whose like nothing is known.</summary>
    public const string Alone = "one VF alone, cold";

    /// <summary>One of many VFs of a PF, the first included: the average of 127.</summary>
    public const string OneOfMany = "one of 127 VFs, cold";

    /// <summary>The same, with what was cached of the PF's VFs before a kexec. They are made anew then.</summary>
    public const string OverKexec = "one of 127 VFs, over a kexec";

    /// <summary>The same VF, reset in between, as a VMM does when it starts.</summary>
    public const string AfterReset = "again after a reset";

    /// <summary>The same VF, handed from one VMM to the next without a reset.</summary>
    public const string HandedOver = "again without a reset";

    private const int Many = 127;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } = [Alone, OneOfMany, OverKexec, AfterReset, HandedOver];

    /// <summary>Replays a trace in all of them.</summary>
    /// <param name="trace">The trace.</param>
    /// <returns>Each, in the order of <see cref="Names"/>.</returns>
    public static IEnumerable<VmStartScenario> Run(VmStartTrace trace)
    {
        var alone = new VmStartModel(trace, Address(0));
        yield return new(Alone, VmStartReplay.Run(trace, new CachedConfigSpace(alone, ConfigSpaceOwnership.Exclusive), alone));

        using var family = new VfConfigCaches(ConfigSpaceView.Vfio);
        yield return new(OneOfMany, RunMany(trace, family));

        var identity = new ConfigIdentity(new PciIds(0x1b36, 0x0010, 0x1af4, 0x1100), new PciClassCode(0x010802), 2, null, null, new SriovIdentity(Many, Many, 1, 1, 0x0010));
        var record = new ArrayBufferWriter<byte>();
        using var next = new VfConfigCaches(ConfigSpaceView.Vfio);
        if (!ConfigCacheRecord.Write(record, family, identity) || !ConfigCacheRecord.TryRestore(record.WrittenSpan, next, ConfigSpaceOwnership.Exclusive, identity, out _))
            throw new InvalidOperationException("The cache did not come back from its record.");
        yield return new(OverKexec, RunMany(trace, next));

        var model = new VmStartModel(trace, Address(Many));
        var cache = family.Add(model, ConfigSpaceOwnership.Exclusive);
        VmStartReplay.Run(trace.Accesses, cache);

        // VFIO's reset: the kernel writes back what it has saved. What the device may have changed the cache cannot know.
        cache.Invalidate(ConfigSpaceEvent.FunctionReset);
        yield return new(AfterReset, VmStartReplay.Run(trace, cache, model));
        yield return new(HandedOver, VmStartReplay.Run(trace, cache, model));
    }

    private static VmStartReads RunMany(VmStartTrace trace, VfConfigCaches family)
    {
        var all = new VmStartReads();
        for (var vf = 0; vf < Many; vf++)
        {
            var model = new VmStartModel(trace, Address(vf));
            all += VmStartReplay.Run(trace, family.Add(model, ConfigSpaceOwnership.Exclusive), model);
        }

        return all;
    }

    private static string Address(int vf) => PciAddress.FromRoutingId(0, (ushort)(0x101 + vf)).ToString();
}
