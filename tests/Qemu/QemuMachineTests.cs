using Devices.Linux;
using Devices.Qemu;

namespace Devices.Tests.Qemu;

/// <summary>What is asked of QEMU, in which order, and what is undone where it refuses.</summary>
public sealed class QemuMachineTests
{
    private const string Done = """{"return": {}, "id": ID}""";
    private const string Running = """{"return": {"running": true, "status": "running"}, "id": ID}""";
    private const string IsSuspended = """{"return": {"running": false, "status": "suspended"}, "id": ID}""";
    private const string Refusal = """{"id": ID, "error": {"class": "GenericError", "desc": "no"}}""";

    [Fact]
    public void A_refused_plug_takes_back_what_was_given()
    {
        using var qemu = new ScriptedQemu("""{"return": [], "id": ID}""", Done, Done, """{"return": {"fdset-id": 3, "fd": 9}, "id": ID}""", Done, Refusal, Done, Done, Done, Refusal);
        using var machine = new QemuMachine(qemu.Connect());
        using var file = MemFd.Create("device", 4096);
        var refused = Assert.Throws<QmpException>(() => machine.Plug(new VfioPlug("disk", file.Fd, file.Fd) { Claim = file.Fd }));
        Assert.Contains("pcie-root-port", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["qmp_capabilities", "qom-list", "getfd", "object-add", "add-fd", "getfd", "device_add", "closefd", "remove-fd", "object-del", "closefd"],
            qemu.Commands.Select(static each => each.Command.Split('"')[3]));
        Assert.Contains("""{"fdset-id":3}""", qemu.Commands[8].Command, StringComparison.Ordinal);
        Assert.Equal([2, 4, 5], qemu.Commands.Select(static (each, index) => each.Descriptors == 1 ? index : -1).Where(static index => index >= 0));
    }

    [Fact]
    public void A_machine_that_has_an_iommufd_gets_no_other()
    {
        using var qemu = new ScriptedQemu("""{"return": [{"name": "iommufd0", "type": "child<iommufd>"}], "id": ID}""", Done, Done);
        using var machine = new QemuMachine(qemu.Connect());
        using var file = MemFd.Create("device", 4096);
        machine.Plug(new VfioPlug("disk", file.Fd, file.Fd) { Bus = "port1" });
        Assert.Equal("""{"execute":"device_add","arguments":{"driver":"vfio-pci","id":"disk","fd":"disk","iommufd":"iommufd0","bus":"port1"},"id":4}""", qemu.Commands[^1].Command);
    }

    [Fact]
    public void A_claim_ends_once_the_guest_has_let_go_of_its_device()
    {
        using var qemu = new ScriptedQemu(
            $$$"""
            {"event": "DEVICE_DELETED", "data": {"path": "/machine/peripheral/disk/bus"}}
            {{{Done}}}
            {"event": "DEVICE_DELETED", "data": {"device": "disk", "path": "/machine/peripheral/disk"}}
            """,
            """{"return": [{"fdset-id": 1, "fds": [{"fd": 8, "opaque": "claim of other"}]}, {"fdset-id": 2, "fds": [{"fd": 9, "opaque": "claim of disk"}]}], "id": ID}""",
            Done);
        using var machine = new QemuMachine(qemu.Connect());
        machine.Unplug("disk", TimeSpan.FromSeconds(20));
        Assert.Equal("""{"execute":"remove-fd","arguments":{"fdset-id":2},"id":4}""", qemu.Commands[^1].Command);
    }

    [Fact]
    public void A_claim_ends_too_where_the_device_went_after_nobody_waited_any_more()
    {
        using var qemu = new ScriptedQemu(
            """{"id": ID, "error": {"class": "DeviceNotFound", "desc": "Device 'disk' not found"}}""",
            """{"return": [{"fdset-id": 2, "fds": [{"fd": 9, "opaque": "claim of disk"}]}], "id": ID}""",
            Done);
        using var machine = new QemuMachine(qemu.Connect());
        Assert.Throws<QmpException>(() => machine.Unplug("disk", TimeSpan.FromSeconds(20)));
        Assert.Equal("""{"execute":"remove-fd","arguments":{"fdset-id":2},"id":4}""", qemu.Commands[^1].Command);
    }

    [Fact]
    public void A_guest_may_refuse_or_not_react()
    {
        using var qemu = new ScriptedQemu($$$"""
            {{{Done}}}
            {"event": "DEVICE_UNPLUG_GUEST_ERROR", "data": {"device": "disk", "path": "/machine/peripheral/disk"}}
            """, Done);
        using var machine = new QemuMachine(qemu.Connect());
        Assert.Throws<UnplugRefusedException>(() => machine.Unplug("disk", TimeSpan.FromSeconds(20)));
        Assert.Contains("did not let go", Assert.Throws<TimeoutException>(() => machine.Unplug("disk", TimeSpan.FromMilliseconds(50))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_cannot_be_saved_lets_the_guest_go_on()
    {
        using var qemu = new ScriptedQemu(
            """{"return": {"running": true, "status": "running"}, "id": ID}""", Done, Done, Done, """{"return": {"fdset-id": 0, "fd": 9}, "id": ID}""", Done,
            """{"return": {"status": "failed", "error-desc": "disk full"}, "id": ID}""", Done, Done);
        using var machine = new QemuMachine(qemu.Connect());
        using var state = MemFd.Create("state", 4096, MemFdSeals.None);
        Assert.Contains("disk full", Assert.Throws<QemuMigrationException>(() => machine.Save(state, TimeSpan.FromSeconds(20))).Message, StringComparison.Ordinal);
        Assert.Equal(["migrate", "query-migrate", "remove-fd", "cont"], qemu.Commands.Select(static each => each.Command.Split('"')[3]).TakeLast(4));
    }

    [Fact]
    public void A_guest_that_is_to_be_suspended_and_runs_is_not_saved()
    {
        using var qemu = new ScriptedQemu(Running);
        using var machine = new QemuMachine(qemu.Connect());
        using var state = MemFd.Create("state", 4096, MemFdSeals.None);
        Assert.Contains("The guest is running", Assert.Throws<InvalidOperationException>(() => machine.Save(state, TimeSpan.FromSeconds(20), SaveMode.Suspended)).Message, StringComparison.Ordinal);
        Assert.Equal(2, qemu.Commands.Count);
    }

    [Fact]
    public void A_suspended_guest_is_saved_with_its_devices_and_woken_up()
    {
        using var qemu = new ScriptedQemu(
            IsSuspended, Done, Done, Done, """{"return": {"fdset-id": 0, "fd": 9}, "id": ID}""", Done, """{"return": {"status": "completed"}, "id": ID}""", Done,
            """{"return": {"running": false, "status": "paused"}, "id": ID}""", Done, Done, IsSuspended, Done);
        using var machine = new QemuMachine(qemu.Connect());
        using var state = MemFd.Create("state", 4096, MemFdSeals.None);
        machine.Save(state, TimeSpan.FromSeconds(20), SaveMode.Suspended);
        Assert.Contains("""{"mode":"cpr-reboot"}""", qemu.Commands[3].Command, StringComparison.Ordinal);
        machine.WakeUp(); // one that was loaded
        machine.WakeUp(); // one that was not
        Assert.Equal(["query-status", "cont", "system_wakeup", "query-status", "system_wakeup"], qemu.Commands.Select(static each => each.Command.Split('"')[3]).TakeLast(5));
    }

    [Fact]
    public void A_guest_may_not_suspend_itself()
    {
        using var qemu = new ScriptedQemu(Running, Running, $$$"""{"event": "SUSPEND"}{{{"\r\n"}}}{{{Running}}}""", IsSuspended);
        using var machine = new QemuMachine(qemu.Connect());
        Assert.Contains("it is running", Assert.Throws<TimeoutException>(() => machine.WaitUntilSuspended(TimeSpan.FromMilliseconds(50))).Message, StringComparison.Ordinal);
        machine.WaitUntilSuspended(TimeSpan.FromSeconds(20));
    }
}
