using System.Diagnostics.CodeAnalysis;
using Devices.Linux;
using Devices.Pci;

namespace Devices.Vfio;

/// <summary>
/// Saves a device's state and loads it into another one of its kind, where its driver can: protocol version 2 of VFIO. For one owner.
/// </summary>
/// <remarks>
/// <para>To save: <see cref="StartPreCopy"/> where the device can, read while it runs, then <see cref="StopCopy"/> and read the same
/// stream to its end; or <see cref="StopCopy"/> at once. To load: <see cref="StartResuming"/>, write all, <see cref="MoveTo"/>
/// <see cref="MigrationState.Running"/>.</para>
/// <para>The state is the device's inside; memory, the configuration of interrupts and DMA mappings are the caller's to carry over.
/// <see cref="VfioDevice.Reset"/> ends everything and brings the device to <see cref="MigrationState.Running"/>.</para>
/// <para><c>VFIO_DEVICE_FEATURE_MIGRATION</c> and <c>VFIO_DEVICE_FEATURE_MIG_*</c>.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The device ends the streams, with itself.")]
public sealed class VfioMigration
{
    private readonly VfioDevice _device;
    private MigrationCapabilities? _capabilities;
    private MigrationSaveStream? _reader;
    private MigrationLoadStream? _writer;

    internal VfioMigration(VfioDevice device) => _device = device;

    /// <summary>What its driver can; <see cref="MigrationCapabilities.None"/> if it cannot migrate the device. Asked once.</summary>
    /// <remarks><c>VFIO_DEVICE_FEATURE_MIGRATION</c>.</remarks>
    /// <exception cref="LinuxException">The call failed for another reason than that there is no migration.</exception>
    public MigrationCapabilities Capabilities
        => _capabilities ??= IsSupported
            ? (MigrationCapabilities)_device.Features.Get<vfio_device_feature_migration>(VfioFeature.Migration).flags
            : MigrationCapabilities.None;

    /// <summary>Whether its driver can migrate the device.</summary>
    /// <exception cref="LinuxException">The call failed for another reason than that there is no migration.</exception>
    public bool IsSupported => _device.Features.IsSupported(VfioFeature.Migration, VfioFeatureAccess.Get);

    /// <summary>Where the device is; asked of the kernel each time.</summary>
    /// <remarks><c>VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE</c>.</remarks>
    /// <exception cref="LinuxException">ENOTTY: the device cannot be migrated.</exception>
    public MigrationState State
        => (MigrationState)_device.Features.Get<vfio_device_feature_mig_state>(VfioFeature.MigrationDeviceState).device_state;

    /// <summary>How many bytes would be left to read if the device were stopped now: an estimate.</summary>
    /// <remarks><c>VFIO_DEVICE_FEATURE_MIG_DATA_SIZE</c>.</remarks>
    /// <exception cref="LinuxException">ENOTTY: the device cannot be migrated.</exception>
    public ulong StopCopyLength => _device.Features.Get<vfio_device_feature_mig_data_size>(VfioFeature.MigrationDataSize).stop_copy_length;

    internal bool IsPreCopyInfoV2 { get; private set; }

    /// <summary>Has <see cref="PreCopyInfo.HasNewInitialData"/> told from now on, until the device is closed.</summary>
    /// <remarks><c>VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2</c>.</remarks>
    /// <exception cref="LinuxException">EINVAL: the device has no pre-copy. ENOTTY: the kernel is older than this.</exception>
    public void EnablePreCopyInfoV2()
    {
        _device.Features.Set(VfioFeature.MigrationPreCopyInfoV2);
        IsPreCopyInfoV2 = true;
    }

    /// <summary>Starts reading the device's state while it runs.</summary>
    /// <returns>The stream, which <see cref="StopCopy"/> continues.</returns>
    /// <exception cref="InvalidOperationException">The device has no pre-copy, or no way leads there from where it is.</exception>
    /// <exception cref="MigrationException">The transition failed.</exception>
    public MigrationSaveStream StartPreCopy() => Reader(MigrationState.PreCopy);

    /// <summary>Stops the device and lets the rest of its state be read.</summary>
    /// <returns>The stream of <see cref="StartPreCopy"/>, or a new one if that was not called.</returns>
    /// <exception cref="InvalidOperationException">The device cannot be migrated, or no way leads there from where it is.</exception>
    /// <exception cref="MigrationException">The transition failed.</exception>
    public MigrationSaveStream StopCopy() => Reader(MigrationState.StopCopy);

    /// <summary>Stops the device and has it take in a state; the one that it had is lost.</summary>
    /// <exception cref="InvalidOperationException">The device cannot be migrated, or no way leads there from where it is.</exception>
    /// <exception cref="MigrationException">The transition failed.</exception>
    public MigrationLoadStream StartResuming()
    {
        if (_writer is { CanWrite: true }) throw new InvalidOperationException($"{_device.Name} is in Resuming already, by a stream that is open.");
        return _writer = new MigrationLoadStream(Change(MigrationState.Resuming) ?? throw NoData(MigrationState.Resuming));
    }

    /// <summary>
    /// Brings the device into a state that starts no stream: Running, RunningP2P or Stop, which end the streams that there are, or from
    /// one of the two pre-copy states into the other.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <remarks><c>VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE</c>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The state starts a stream: take the method that returns it. Or it is Error.</exception>
    /// <exception cref="InvalidOperationException">The device has no such state, or no way leads there from where it is.</exception>
    /// <exception cref="MigrationException">The transition failed; out of Resuming: what was written is incomplete or refused.</exception>
    public void MoveTo(MigrationState state)
    {
        var within = state is MigrationState.PreCopy or MigrationState.PreCopyP2P && _reader is not null;
        if (!within && state is not (MigrationState.Stop or MigrationState.Running or MigrationState.RunningP2P))
            throw new ArgumentOutOfRangeException(nameof(state), $"{state} starts a stream of data: it is entered by the method that returns it.");
        // A device whose stream was started by another holder gives none.
        Change(state)?.Dispose();
    }

    /// <summary>Ends the streams: the device was reset, closed or left.</summary>
    internal void EndSession()
    {
        _reader?.Dispose();
        _writer?.Dispose();
        _reader = null;
        _writer = null;
    }

    private MigrationSaveStream Reader(MigrationState state)
    {
        var fd = Change(state);
        if (fd is not null) return _reader = new MigrationSaveStream(this, fd);
        return _reader is { CanRead: true } ? _reader : throw NoData(state);
    }

    private FileDescriptor? Change(MigrationState to)
    {
        var from = State;
        if (MigrationArcs.Path(from, to, Capabilities) is null)
        {
            throw new InvalidOperationException(from == MigrationState.Error
                ? $"{_device.Name} is in {from}: only a reset brings it back."
                : $"{_device.Name} cannot go from {from} to {to}: it has {Capabilities}.");
        }

        var change = new vfio_device_feature_mig_state { device_state = (uint)to, data_fd = -1 };
        var errno = _device.Features.TrySet(VfioFeature.MigrationDeviceState, ref change);
        var now = errno == Errno.None ? to : Now();
        Follow(now);
        // A state that is taken in has registers of its own.
        _device.Announce(ConfigSpaceEvent.FunctionReset);
        if (errno != Errno.None) throw new MigrationException(errno, _device.Name, from, to, now);
        return change.data_fd >= 0 ? FileDescriptor.Adopt(change.data_fd, $"{_device.Name} migration data") : null;
    }

    /// <summary>Ends the streams that the state has ended.</summary>
    private void Follow(MigrationState? state)
    {
        if (state is not { } known || !MigrationArcs.IsSaving(known))
        {
            _reader?.Dispose();
            _reader = null;
        }

        if (state == MigrationState.Resuming) return;
        _writer?.Dispose();
        _writer = null;
    }

    private MigrationState? Now()
    {
        try
        {
            return State;
        }
        catch (LinuxException)
        {
            // The failure that is being reported says more.
            return null;
        }
    }

    private InvalidOperationException NoData(MigrationState state)
        => new($"{_device.Name} is in {state}, but its stream was closed, or is with another holder of the device, which started it.");
}
