using System.Diagnostics;
using System.Globalization;
using Devices.Linux;

namespace Devices.Qemu;

/// <summary>A running QEMU, by its monitor. For one thread.</summary>
public sealed class QemuMachine : IDisposable
{
    /// <summary>The id of the iommufd that all VFIO devices of a machine share, so that its memory is pinned once.</summary>
    public const string IommufdId = "iommufd0";

    private const string ClaimLabel = "claim of ";
    private const string StateLabel = "state";
    private const string Suspended = "suspended";
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50);

    /// <summary>Takes a connection over.</summary>
    /// <param name="monitor">The connection, owned by this object from now on.</param>
    public QemuMachine(QmpClient monitor) => Monitor = monitor;

    /// <summary>The connection, for whatever else is to be asked.</summary>
    public QmpClient Monitor { get; }

    /// <summary>Connects to a monitor.</summary>
    /// <param name="path">Its socket: <c>-qmp unix:PATH,server=on,wait=off</c>.</param>
    /// <param name="timeout">How long each command may take. A plug takes as long as it takes the kernel to pin the guest's memory.</param>
    /// <exception cref="LinuxException">Nobody listens there.</exception>
    /// <exception cref="TimeoutException">It does not greet: it has another client.</exception>
    public static QemuMachine Connect(string path, TimeSpan timeout) => new(QmpClient.Connect(path, timeout));

    /// <summary>Plugs a device in. When this returns QEMU has it; its guest is told and takes its own time.</summary>
    /// <param name="plug">The device.</param>
    /// <remarks><c>getfd</c>, <c>object-add</c> where there is no iommufd yet, <c>device_add</c>. What was begun is undone where QEMU refuses.</remarks>
    /// <exception cref="QmpException">QEMU refused: the bus is taken or cannot be plugged into, the id is taken, the memory cannot be pinned.</exception>
    /// <exception cref="TimeoutException">It did not answer in time: the device may be plugged in yet. Nothing is undone.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public void Plug(VfioPlug plug)
    {
        ArgumentNullException.ThrowIfNull(plug);
        var undo = new Stack<Action>();
        try
        {
            if (!HasIommufd())
            {
                var iommufd = Give(plug.Iommufd, $"{plug.Id}-iommufd", undo);
                Monitor.Execute("object-add", new IommufdObject("iommufd", IommufdId, iommufd), QmpJson.Default.IommufdObject);
                undo.Push(() => Monitor.Execute("object-del", new ObjectId(IommufdId), QmpJson.Default.ObjectId));
            }

            if (plug.Claim is { } claim)
            {
                var set = AddFd(ClaimLabel + plug.Id, claim);
                undo.Push(() => RemoveFd(set));
            }

            var device = Give(plug.Device, plug.Id, undo);
            try
            {
                Monitor.Execute("device_add", new VfioDeviceArguments("vfio-pci", plug.Id, device, IommufdId, plug.Bus), QmpJson.Default.VfioDeviceArguments);
            }
            catch (QmpException refusal) when (plug.Bus is null)
            {
                throw refusal.With("Name a bus: a pcie-root-port that is free.");
            }
        }
        catch (QmpException)
        {
            while (undo.TryPop(out var step)) Undo(step);
            throw;
        }
    }

    /// <summary>Asks the guest to let go of a device, and waits until it has. QEMU has closed the device then, and what was given as its <see cref="VfioPlug.Claim"/>.</summary>
    /// <param name="id">What QEMU calls it.</param>
    /// <param name="patience">How long the guest may take: five seconds it gives people to change their minds, more than that it is told again by another call.</param>
    /// <remarks><c>device_del</c>, <c>DEVICE_DELETED</c>, <c>DEVICE_UNPLUG_GUEST_ERROR</c>.</remarks>
    /// <exception cref="QmpException">QEMU has no such device (a claim that it left is given up all the same), or cannot unplug it.</exception>
    /// <exception cref="UnplugRefusedException">The guest refused.</exception>
    /// <exception cref="TimeoutException">The guest did not react. The request stands: it may let go later.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public void Unplug(string id, TimeSpan patience)
    {
        try
        {
            Monitor.Execute("device_del", new ObjectId(id), QmpJson.Default.ObjectId);
        }
        catch (QmpException gone) when (gone.ErrorClass == "DeviceNotFound")
        {
            // It may have gone after a call that did not wait so long.
            ReleaseClaim(id);
            throw;
        }

        var end = Monitor.WaitFor(happened => happened.Name is "DEVICE_DELETED" or "DEVICE_UNPLUG_GUEST_ERROR" && happened.Text("device") == id, patience)
            ?? throw new TimeoutException(
                $"The guest did not let go of device '{id}' within {patience.TotalSeconds} s: it is not running, or has no driver for hot plug. It keeps the device, and may yet let go.");
        if (end.Name != "DEVICE_DELETED") throw new UnplugRefusedException(id);
        ReleaseClaim(id);
    }

    /// <summary>Waits until the guest has suspended itself to RAM, as somebody asked it to.</summary>
    /// <param name="patience">How long that may take.</param>
    /// <remarks>The event <c>SUSPEND</c>, <c>query-status</c>.</remarks>
    /// <exception cref="TimeoutException">It did not.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public void WaitUntilSuspended(TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        while (Status() != Suspended)
        {
            var left = patience - Stopwatch.GetElapsedTime(start);
            // One that happened before somebody asked is taken here too, and asked about again.
            if (left <= TimeSpan.Zero || Monitor.WaitFor(static happened => happened.Name == "SUSPEND", left) is null)
                throw new TimeoutException($"The guest did not suspend itself within {patience.TotalSeconds} s: it is {Status()}. It takes ACPI with S3 (-global ICH9-LPC.disable_s3=0), firmware that wakes it (SeaBIOS), and somebody who asks it to.");
        }
    }

    /// <summary>Wakes a guest up that had suspended itself.</summary>
    /// <remarks><c>cont</c>, <c>system_wakeup</c>.</remarks>
    /// <exception cref="QmpException">QEMU refused: the guest is not suspended.</exception>
    public void WakeUp()
    {
        if (Status() != Suspended) Continue(); // one that was loaded stands still besides
        Monitor.Execute("system_wakeup");
    }

    /// <summary>
    /// Stops the guest and writes all that QEMU has of it, but for memory that is a shared file, which stays where it is. The machine is not to run again
    /// after that, other than from this state.
    /// </summary>
    /// <param name="state">Where it goes: a memfd that can grow. It is written from its beginning.</param>
    /// <param name="patience">How long that may take.</param>
    /// <param name="mode">Whether assigned devices stay, for which the guest has to be suspended.</param>
    /// <remarks><c>stop</c>, <c>migrate</c> to <c>file:</c> with <c>x-ignore-shared</c>. Memory is left out if its backend has <c>share=on</c> and a path.</remarks>
    /// <exception cref="InvalidOperationException">The guest is not suspended, and was to be.</exception>
    /// <exception cref="QmpException">QEMU refused: an assigned device blocks it. The guest goes on if it ran.</exception>
    /// <exception cref="QemuMigrationException">It failed. The guest goes on if it ran.</exception>
    /// <exception cref="TimeoutException">It takes longer; it is not known whether it ends.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public void Save(MemFd state, TimeSpan patience, SaveMode mode = SaveMode.Normal)
    {
        ArgumentNullException.ThrowIfNull(state);
        var status = Status();
        if (mode == SaveMode.Suspended && status != Suspended)
            throw new InvalidOperationException($"The guest is {status}: have it suspend itself, and wait until it has (WaitUntilSuspended). Devices that stay assigned are put to rest by its drivers alone.");
        var goesOn = status is "running" or Suspended;
        Prepare(mode);
        Monitor.Execute("stop");
        try
        {
            // At its beginning, and in just the mode by which QEMU looks for it in the set.
            using var target = state.Fd.Reopen(OpenMode.WriteOnly);
            var set = AddFd(StateLabel, target);
            try
            {
                Monitor.Execute("migrate", new MigrationTarget(FileOf(set)), QmpJson.Default.MigrationTarget);
                WaitForMigration("save its state", patience);
            }
            finally
            {
                Undo(() => RemoveFd(set));
            }
        }
        catch (Exception failure) when (failure is QmpException or QemuMigrationException)
        {
            if (goesOn) Undo(Continue);
            throw;
        }
    }

    /// <summary>Takes up a state of <see cref="Save"/>, on the same memory. The guest stands still until <see cref="Continue"/>.</summary>
    /// <param name="state">The state.</param>
    /// <param name="patience">How long that may take.</param>
    /// <param name="mode">How it was saved. A machine that was suspended is started with devices in the same places, and goes on by <see cref="WakeUp"/>.</param>
    /// <remarks>QEMU was started with <c>-incoming defer</c> and the same machine. <c>migrate-incoming</c> with <c>x-ignore-shared</c>.</remarks>
    /// <exception cref="QmpException">QEMU refused: it was not started with <c>-incoming defer</c>.</exception>
    /// <exception cref="QemuMigrationException">The state is damaged, or another machine's.</exception>
    /// <exception cref="TimeoutException">It takes longer.</exception>
    /// <exception cref="LinuxException">The connection broke: QEMU ended.</exception>
    public void Load(MemFd state, TimeSpan patience, SaveMode mode = SaveMode.Normal)
    {
        ArgumentNullException.ThrowIfNull(state);
        Prepare(mode);
        using var source = state.Fd.Reopen(OpenMode.ReadOnly);
        var set = AddFd(StateLabel, source);
        Monitor.Execute("migrate-incoming", new MigrationTarget(FileOf(set), ExitOnError: false), QmpJson.Default.MigrationTarget);
        WaitForMigration("load the state", patience);
        RemoveFd(set);
    }

    /// <summary>Lets the guest run.</summary>
    /// <remarks><c>cont</c>.</remarks>
    /// <exception cref="QmpException">QEMU refused.</exception>
    public void Continue() => Monitor.Execute("cont");

    /// <summary>Ends QEMU, and with it the guest.</summary>
    /// <remarks><c>quit</c>.</remarks>
    /// <exception cref="QmpException">QEMU refused.</exception>
    public void Quit() => Monitor.Execute("quit");

    /// <summary>Closes the connection. QEMU runs on.</summary>
    public void Dispose() => Monitor.Dispose();

    private void ReleaseClaim(string id)
    {
        foreach (var set in Monitor.Execute("query-fdsets", QmpJson.Default.FdSetArray).Where(set => set.Fds?.Any(fd => fd.Opaque == ClaimLabel + id) == true))
            RemoveFd(set.FdsetId);
    }

    private bool HasIommufd() => Monitor.Execute("qom-list", new QomPath("/objects"), QmpJson.Default.QomPath, QmpJson.Default.QomChildArray).Any(static child => child.Name == IommufdId);

    /// <summary>Gives QEMU a descriptor by name, which the command that uses it takes away.</summary>
    private string Give(FileDescriptor descriptor, string name, Stack<Action> undo)
    {
        Monitor.Execute("getfd", new FdName(name), QmpJson.Default.FdName, descriptor);
        undo.Push(() => Monitor.Execute("closefd", new FdName(name), QmpJson.Default.FdName));
        return name;
    }

    private long AddFd(string label, FileDescriptor descriptor) =>
        Monitor.Execute("add-fd", new FdSetLabel(label), QmpJson.Default.FdSetLabel, QmpJson.Default.FdSet, descriptor).FdsetId;

    private void RemoveFd(long set) => Monitor.Execute("remove-fd", new FdSet(set), QmpJson.Default.FdSet);

    private string Status() => Monitor.Execute("query-status", QmpJson.Default.RunStatus).Status;

    // Shared memory stays where it is.
    private void Prepare(SaveMode mode)
    {
        Monitor.Execute("migrate-set-capabilities", new MigrationCapabilities([new MigrationCapability("x-ignore-shared", State: true)]), QmpJson.Default.MigrationCapabilities);
        Monitor.Execute("migrate-set-parameters", new MigrationParameters(mode == SaveMode.Suspended ? "cpr-reboot" : "normal"), QmpJson.Default.MigrationParameters);
    }

    private void WaitForMigration(string what, TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var now = Monitor.Execute("query-migrate", QmpJson.Default.MigrationStatus);
            if (now.Status == "completed") return;
            if (now.Status is "failed" or "cancelled") throw new QemuMigrationException(what, now.ErrorDesc);
            if (Stopwatch.GetElapsedTime(start) > patience) throw new TimeoutException($"QEMU did not {what} within {patience.TotalSeconds} s ({now.Status}).");
            Thread.Sleep(s_step);
        }
    }

    private static string FileOf(long set) => string.Create(CultureInfo.InvariantCulture, $"file:/dev/fdset/{set}");

    // What a command took before it failed is not there any more, and QEMU says so.
    private static void Undo(Action step)
    {
        try
        {
            step();
        }
        catch (QmpException)
        {
        }
    }
}
