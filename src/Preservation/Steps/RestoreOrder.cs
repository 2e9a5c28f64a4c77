using System.Runtime.ExceptionServices;
using Devices.Linux;
using Devices.Pci;
using Devices.Preservation.Messages;
using Devices.Vfio;

namespace Devices.Preservation;

/// <summary>
/// Which devices are restored side by side, and which after others. The kernel sleeps 100 ms for each that it resets, and so it does that once for all of them.
/// </summary>
/// <remarks>
/// <para>No reset of a device alone reaches another one: <c>bus</c> in <c>reset_method</c> is for a device that is alone on its bus, a PF with VFs is not
/// vfio-pci's. What does reach others is the last close of a device that has no such reset, or was opened without it: vfio-pci then resets slot or bus, if all
/// functions there are its own and none is open. Hence the order: what is kept as it is comes first, and none of it is closed; when all of it is open, what is to be
/// reset anyway, where a file that a worker before this one had open is closed; last what falls back.</para>
/// <para>Two closes and opens of one slot exclude each other in the kernel (<c>vfio_device_set.lock</c>).</para>
/// </remarks>
/// <typeparam name="T">What a device is when it has been restored.</typeparam>
internal sealed record RestoreOrder<T>
    where T : class
{
    /// <summary>Restores a device in the tier that it has; called on several threads at once, for a device each.</summary>
    internal required Func<Device, T> Restore { get; init; }

    /// <summary>Gives a restored device back to the keeper as it is, since the restore ends without it.</summary>
    internal required Action<T> Leave { get; init; }

    /// <summary>What becomes of a device that does not come back.</summary>
    internal RestoreFailurePolicy OnFailure { get; init; }

    /// <summary>Whether a device has a reset that reaches no other kept one. Changes nothing.</summary>
    internal required Func<Device, bool> CanBeReset { get; init; }

    /// <summary>Gives a device its ways of being reset back: its next open takes them. False if it has none after all.</summary>
    internal required Func<Device, bool> AllowReset { get; init; }

    /// <summary>Writes the tiers down.</summary>
    internal required Action Save { get; init; }

    /// <summary>Restores all.</summary>
    /// <returns>For each device what it is now, and why it fell back to cold; null if it did not.</returns>
    /// <exception cref="FunctionFailuresException">Several did not come back. One alone is thrown as it failed. Those that did are the keeper's, as they are.</exception>
    internal IReadOnlyList<(T Restored, string? FallBack)> Run(IReadOnlyList<Device> devices)
    {
        var restored = new T?[devices.Count];
        var failures = new Exception?[devices.Count];
        try
        {
            foreach (var wave in Waves(devices))
            {
                RestoreSideBySide(devices, wave, restored, failures);
                // One that stays away ends it here: what comes later could be closed, and that reset it.
                if (wave.Any(index => failures[index] is { } failure && !MayFallBack(devices[index], failure))) Throw(devices, failures);
            }

            int[] falling = [.. Enumerable.Range(0, devices.Count).Where(index => failures[index] is not null)];
            if (falling.Length > 0) FallBack(devices, falling, restored, failures);
        }
        catch
        {
            // Else its file would stay open here, and a later fall-back's close would not be the last one.
            foreach (var device in restored.OfType<T>()) Leave(device);
            throw;
        }

        return [.. restored.Select((device, index) => (device!, failures[index]?.Message))];
    }

    /// <summary>The devices by their numbers: those of a wave go side by side, and one wave after the other.</summary>
    internal static IReadOnlyList<int[]> Waves(IReadOnlyList<Device> devices)
    {
        int[] kept = [.. Numbers(devices, cold: false)], cold = [.. Numbers(devices, cold: true)];
        return [.. new[] { kept, cold }.Where(static wave => wave.Length > 0)];
    }

    private static IEnumerable<int> Numbers(IReadOnlyList<Device> devices, bool cold)
        => Enumerable.Range(0, devices.Count).Where(index => devices[index].Tier == Tier.Cold == cold);

    private bool MayFallBack(Device device, Exception failure)
        => OnFailure == RestoreFailurePolicy.Cold && failure is not (RecordException or SessionStateException) && device.Tier != Tier.Cold && CanBeReset(device);

    private void FallBack(IReadOnlyList<Device> devices, int[] falling, T?[] restored, Exception?[] failures)
    {
        if (falling.Any(index => !AllowReset(devices[index]))) Throw(devices, failures);
        // The tiers are down before a device is reset: a process that comes after this one must not take its state for what it was.
        foreach (var index in falling) devices[index].Tier = Tier.Cold;
        Save();
        var again = new Exception?[devices.Count];
        RestoreSideBySide(devices, falling, restored, again);
        if (again.Any(static failure => failure is not null)) Throw(devices, again);
    }

    private void RestoreSideBySide(IReadOnlyList<Device> devices, int[] wave, T?[] restored, Exception?[] failures)
    {
        var causes = BlockingCalls.Run(wave.Length, OpenManyOptions.DefaultParallelism, place => restored[wave[place]] = Restore(devices[wave[place]]));
        for (var place = 0; place < wave.Length; place++) failures[wave[place]] = causes[place];
    }

    private static void Throw(IReadOnlyList<Device> devices, Exception?[] causes)
    {
        var failures = FunctionFailure.Of(devices, static device => PciAddress.Parse(device.Address), causes);
        if (failures.Count == 1) ExceptionDispatchInfo.Throw(failures[0].Cause);
        throw new FunctionFailuresException("restoring devices, of which those that came back are with the keeper", devices.Count, failures);
    }
}
