using System.Diagnostics;
using Devices.Linux;

namespace Devices.CloudHypervisor;

/// <summary>A running Cloud Hypervisor, by its API. Each call is a connection of its own, so that it may be used by several threads; Cloud Hypervisor does one after the other.</summary>
/// <remarks>
/// <c>vmm/src/api/openapi/cloud-hypervisor.yaml</c> of Cloud Hypervisor. What a description leaves open (where descriptors go, in which order, when a device is gone) is as its
/// sources of summer 2026 have it.
/// </remarks>
public sealed class CloudHypervisorMachine
{
    internal const string AddDeviceRequest = "vm.add-device";
    internal const string RemoveDeviceRequest = "vm.remove-device";
    internal const string RestoreRequest = "vm.restore";
    internal const string SnapshotRequest = "vm.snapshot";
    private const int SomeDescriptor = -1; // what stands for a descriptor in a body is read as "one comes"
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);
    private readonly CloudHypervisorApi _api;

    /// <summary>Names a Cloud Hypervisor. Nothing is asked of it yet.</summary>
    /// <param name="socket">Its socket: <c>--api-socket SOCKET</c>.</param>
    /// <param name="timeout">How long a request may take, more than 0. To add a device takes as long as it takes the kernel to pin the guest's memory.</param>
    public CloudHypervisorMachine(string socket, TimeSpan timeout)
    {
        ArgumentException.ThrowIfNullOrEmpty(socket);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        _api = new CloudHypervisorApi(socket, timeout);
    }

    /// <summary>Asks who is there.</summary>
    /// <remarks><c>GET vmm.ping</c>.</remarks>
    /// <exception cref="LinuxException">Nobody listens there, or it ended meanwhile.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    /// <exception cref="CloudHypervisorProtocolException">Who listens there is not Cloud Hypervisor.</exception>
    public VmmVersion Ping() => _api.Get("vmm.ping", ApiJson.Default.VmmVersion);

    /// <summary>Asks about the VM.</summary>
    /// <remarks><c>GET vm.info</c>.</remarks>
    /// <exception cref="CloudHypervisorException">There is no VM yet.</exception>
    /// <inheritdoc cref="Ping" path="/exception"/>
    public MachineInfo Info()
    {
        var info = _api.Get("vm.info", ApiJson.Default.VmInfo);
        return new MachineInfo(
            Enum.TryParse<MachineState>(info.State, out var state) ? state : MachineState.Unknown,
            info.Config.Platform?.Iommufd == true,
            [.. (info.Config.Devices ?? []).Select(static device => device.Id).OfType<string>()],
            info.DeviceTree?.Keys.ToArray());
    }

    /// <summary>Adds a device by its descriptor. When this returns Cloud Hypervisor has it; a guest that runs is told and takes its own time.</summary>
    /// <param name="id">What it is to be called.</param>
    /// <param name="device">Its open file, not bound: Cloud Hypervisor binds it. It stays the caller's; Cloud Hypervisor gets a duplicate.</param>
    /// <returns>Where the guest has it; null for a VM that was not booted yet, which gets it then.</returns>
    /// <remarks><c>PUT vm.add-device</c> with the descriptor (<c>SCM_RIGHTS</c>).</remarks>
    /// <exception cref="CloudHypervisorException">It refused: the id is taken, the VM has no iommufd, the memory cannot be pinned. The device is the caller's alone.</exception>
    /// <exception cref="TimeoutException">It did not answer in time: it may have the device yet.</exception>
    /// <exception cref="LinuxException">Nobody listens there, or it ended meanwhile; then it has nothing any more.</exception>
    /// <exception cref="CloudHypervisorProtocolException">Who listens there is not Cloud Hypervisor.</exception>
    public PlacedDevice? AddDevice(string id, FileDescriptor device)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(device);
        return _api.Put(AddDeviceRequest, id, new DeviceConfig(id), ApiJson.Default.DeviceConfig, [device]) is { } answer
            ? _api.Read(AddDeviceRequest, answer, ApiJson.Default.PlacedDevice)
            : null;
    }

    /// <summary>Asks the guest to let go of a device, and waits until it has.</summary>
    /// <param name="id">What it is called.</param>
    /// <param name="patience">How long the guest may take.</param>
    /// <remarks><c>PUT vm.remove-device</c>, which only asks; then <c>GET vm.info</c> until the device is in its <c>device_tree</c> no more.</remarks>
    /// <exception cref="CloudHypervisorException">It has no such device, or no VM.</exception>
    /// <exception cref="TimeoutException">The guest did not react in time, and may yet let go; or Cloud Hypervisor did not answer.</exception>
    /// <exception cref="LinuxException">Nobody listens there, or it ended meanwhile; then it has nothing any more.</exception>
    /// <exception cref="CloudHypervisorProtocolException">It does not tell what the guest has, so that nobody knows when the device is gone.</exception>
    public void RemoveDevice(string id, TimeSpan patience)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        _ = _api.Put(RemoveDeviceRequest, id, new RemovedDevice(id), ApiJson.Default.RemovedDevice, []);
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var info = Info();
            if (info.Nodes is null) throw new CloudHypervisorProtocolException(_api.Socket, "vm.info", $"it has no device_tree, so that nobody knows when the guest has let go of device '{id}', as it was asked to");
            if (!info.Nodes.Contains(id)) return;
            if (Stopwatch.GetElapsedTime(start) > patience)
            {
                throw new TimeoutException(
                    $"The guest did not let go of device '{id}' within {patience.TotalSeconds} s: it is not running ({info.State}), or has no driver for hot plug. It keeps the device, and may yet let go.");
            }

            Thread.Sleep(s_step);
        }
    }

    /// <summary>Lets the guest stand still.</summary>
    /// <remarks><c>PUT vm.pause</c>.</remarks>
    /// <exception cref="CloudHypervisorException">There is no VM that was booted, or it does not run.</exception>
    /// <inheritdoc cref="Ping" path="/exception"/>
    public void Pause() => _api.Put("vm.pause");

    /// <summary>Lets the guest run again.</summary>
    /// <remarks><c>PUT vm.resume</c>.</remarks>
    /// <exception cref="CloudHypervisorException">There is no VM that was booted, or it is not paused.</exception>
    /// <inheritdoc cref="Ping" path="/exception"/>
    public void Resume() => _api.Put("vm.resume");

    /// <summary>Writes all that is to be known of a paused VM into files: configuration, state and memory.</summary>
    /// <param name="folder">Where to: a folder that is there and that Cloud Hypervisor may write, an absolute path.</param>
    /// <param name="patience">How long that may take.</param>
    /// <remarks><c>PUT vm.snapshot</c>.</remarks>
    /// <exception cref="CloudHypervisorException">It refused: the VM is not paused, or a device cannot be saved.</exception>
    /// <inheritdoc cref="Ping" path="/exception"/>
    public void Snapshot(string folder, TimeSpan patience) =>
        _api.Put(SnapshotRequest, null, new SnapshotConfig(UrlOf(folder)), ApiJson.Default.SnapshotConfig, [], patience);

    /// <summary>Makes a VM of a snapshot, in a Cloud Hypervisor that has none.</summary>
    /// <param name="order">Of which, and what it gets.</param>
    /// <param name="patience">How long that may take.</param>
    /// <remarks><c>PUT vm.restore</c> with <c>vfio_fds</c> and <c>iommufd_fd</c>; their descriptors go with the request, the devices' first, in that order, and the iommufd's last.</remarks>
    /// <exception cref="CloudHypervisorException">It refused: it has a VM, the snapshot is not to be read, or its devices are others.</exception>
    /// <inheritdoc cref="Ping" path="/exception"/>
    public void Restore(RestoreOrder order, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.Devices.Count > 0 != order.Iommufd is not null) throw new ArgumentException("Devices by descriptor go with an iommufd, and an iommufd with devices.", nameof(order));
        var (ids, files) = (order.Devices.Keys.ToArray(), order.Devices.Values.ToArray());
        _ = _api.Put(
            RestoreRequest,
            null,
            new RestoreConfig(
                UrlOf(order.Folder),
                ids.Length == 0 ? null : [.. ids.Select(static id => new RestoredDeviceFd(id, SomeDescriptor))],
                order.Iommufd is null ? null : SomeDescriptor,
                order.Resume),
            ApiJson.Default.RestoreConfig,
            order.Iommufd is null ? files : [.. files, order.Iommufd],
            patience);
    }

    private static string UrlOf(string folder) =>
        Path.IsPathFullyQualified(folder) ? $"file://{folder}" : throw new ArgumentException($"'{folder}' is no absolute path: Cloud Hypervisor has another working folder.", nameof(folder));
}
