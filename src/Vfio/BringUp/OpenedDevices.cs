using System.Collections;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>Devices that <see cref="VfioDevice.OpenMany"/> opened, in the order of the requests. Disposing closes all, side by side.</summary>
/// <remarks>One of them may be disposed alone, or given up by <see cref="VfioDevice.Leave"/>.</remarks>
public sealed class OpenedDevices : IReadOnlyList<OpenedDevice>, IDisposable
{
    private readonly List<OpenedDevice> _devices;
    private readonly int _parallelism;

    private OpenedDevices(List<OpenedDevice> devices, IReadOnlyList<FunctionFailure> failures, int parallelism)
    {
        _devices = devices;
        Failures = failures;
        _parallelism = parallelism;
    }

    /// <summary>Those that could not be opened, and why; always empty without <see cref="OpenManyOptions.AllowPartial"/>.</summary>
    public IReadOnlyList<FunctionFailure> Failures { get; }

    /// <inheritdoc/>
    public int Count => _devices.Count;

    /// <inheritdoc/>
    public OpenedDevice this[int index] => _devices[index];

    /// <inheritdoc/>
    public IEnumerator<OpenedDevice> GetEnumerator() => _devices.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Closes all devices, as many at a time as were opened: the kernel resets each at its last close.</summary>
    /// <exception cref="FunctionFailuresException">Interrupts of some could not be disarmed; all the rest is done.</exception>
    public void Dispose()
    {
        var devices = _devices.ToArray();
        _devices.Clear();
        var failures = FunctionFailure.Of(devices, static device => device.Device.Address, BlockingCalls.Run(devices.Length, _parallelism, i => devices[i].Dispose()));
        if (failures.Count > 0) throw new FunctionFailuresException("closing devices", devices.Length, failures);
    }

    internal static OpenedDevices Open(IReadOnlyList<DeviceToOpen> requests, OpenManyOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(requests);
        Check(requests);
        var opened = new OpenedDevice?[requests.Count];
        var goesOn = true;
        var causes = BlockingCalls.Run(
            requests.Count,
            options.Parallelism,
            i =>
            {
                if (!Volatile.Read(ref goesOn) || cancellation.IsCancellationRequested) return;
                try
                {
                    opened[i] = OpenedDevice.Open(requests[i]);
                }
                catch when (!options.AllowPartial)
                {
                    // The rest would be opened, and reset, only to be closed again.
                    Volatile.Write(ref goesOn, false);
                    throw;
                }
            },
            options.Progress);
        var failures = FunctionFailure.Of(requests, static request => request.Function.Address, causes);
        var devices = new OpenedDevices([.. opened.OfType<OpenedDevice>()], failures, options.Parallelism);
        if (cancellation.IsCancellationRequested || (failures.Count > 0 && !options.AllowPartial))
        {
            devices.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw new FunctionFailuresException("opening devices, of which none stays open", requests.Count, failures);
        }

        return devices;
    }

    private static void Check(IReadOnlyList<DeviceToOpen> requests)
    {
        // By text: a set of addresses is a type that the runtime would compile first.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var request in requests)
        {
            ArgumentNullException.ThrowIfNull(request, nameof(requests));
            ArgumentOutOfRangeException.ThrowIfNegative(request.MsixVectors, nameof(requests));
            if (!seen.Add(request.Function.SysfsPath)) throw new ArgumentException($"{request.Function.Address} is asked for twice.", nameof(requests));
        }
    }
}
