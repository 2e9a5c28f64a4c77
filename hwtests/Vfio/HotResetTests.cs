using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>Resets of a whole card, on one with three functions: two NVMe controllers and shared memory.</summary>
[Guest("card")]
public sealed class HotResetTests : IDisposable
{
    private const uint InterruptMaskSet = 0x0C;

    private readonly PciFunction _function = BoundDevice.NvmeFunction();
    private readonly IommuContext _context = IommuContext.Open();
    private readonly List<IommufdDevice> _devices = [];

    private List<PciFunction> Card => [_function, .. _function.SlotPeers.Select(PciFunction.Open)];

    public void Dispose()
    {
        foreach (var device in _devices) device.Dispose();
        _context.Dispose();
        foreach (var function in Card.Where(function => function.Driver is not null)) new DriverBinding().Unbind(function);
    }

    [SkippableFact]
    public void All_functions_are_listed_and_reset_together()
    {
        Assert.Equal(3, Card.Count);
        foreach (var function in Card) new DriverBinding().Bind(function, "vfio-pci");
        var first = Open(Card[0]);
        var second = Open(Card[1]);
        var plan = first.PlanHotReset();
        Assert.Equal([], plan.NotOwned);
        Assert.True(plan.IsAllowed);
        Assert.Equal(Card.Select(function => function.Address).Order(), plan.Affected.Select(affected => affected.Address).Order());
        Assert.Equal(
            [(HotResetOwnership.Owned, first.IommufdDeviceId), (HotResetOwnership.Owned, second.IommufdDeviceId), (HotResetOwnership.OwnedByGroup, null)],
            plan.Affected.OrderBy(affected => affected.Address).Select(affected => (affected.Ownership, affected.IommufdDeviceId)));

        using var eventFd = EventFd.Create();
        first.Interrupts.Msix.Enable(eventFd);
        using var registers = second.Bars[0].Map();
        first.Bars[0].WriteUInt32(InterruptMaskSet, 5);
        registers.WriteUInt32(InterruptMaskSet, 6);
        plan.Execute();
        Assert.Equal(0u, first.Bars[0].ReadUInt32(InterruptMaskSet));
        Assert.Equal(0u, registers.ReadUInt32(InterruptMaskSet));
        first.Interrupts.Msix.Trigger(0);
        Assert.True(eventFd.TryRead(out _));
    }

    [SkippableFact]
    public void A_device_to_be_kept_is_not_reset()
    {
        foreach (var function in Card) new DriverBinding().Bind(function, "vfio-pci");
        var first = Open(Card[0]);
        var second = Open(Card[1]);
        second.Bars[0].WriteUInt32(InterruptMaskSet, 6);
        var plan = first.PlanHotReset(second.Address, new PciAddress(0, 0xFF, 0, 0));
        Assert.False(plan.IsAllowed);
        Assert.Equal([second.Address], plan.Kept);
        var refused = Assert.Throws<InvalidOperationException>(() => plan.Execute());
        Assert.Contains($"would reset {second.Address} too", refused.Message, StringComparison.Ordinal);
        Assert.Equal(6u, second.Bars[0].ReadUInt32(InterruptMaskSet));
    }

    [SkippableFact]
    public void A_function_that_is_not_ours_forbids_it()
    {
        new DriverBinding().Bind(Card[0], "vfio-pci");
        new DriverBinding().Bind(Card[1], "vfio-pci");
        var first = Open(Card[0]);
        var stranger = Card[2].Address;
        var plan = first.PlanHotReset();
        Assert.False(plan.IsAllowed);
        Assert.Equal([stranger], plan.NotOwned);
        var refused = Assert.Throws<InvalidOperationException>(() => plan.Execute());
        Assert.Contains($"{stranger} too, which is not bound", refused.Message, StringComparison.Ordinal);

        // The plan stays what it was when the function becomes ours too; a new one goes.
        new DriverBinding().Bind(Card[2], "vfio-pci");
        Assert.Throws<InvalidOperationException>(() => plan.Execute());
        first.PlanHotReset().Execute();
    }

    [SkippableFact]
    public void What_changed_since_it_was_planned_forbids_it()
    {
        foreach (var function in Card) new DriverBinding().Bind(function, "vfio-pci");
        var first = Open(Card[0]);
        var plan = first.PlanHotReset();
        var gone = Card[2];
        new DriverBinding().Unbind(gone);
        Assert.Contains("not bound", Assert.Throws<InvalidOperationException>(() => plan.Execute()).Message, StringComparison.Ordinal);
        gone.Remove();
        try
        {
            Assert.Contains("plan again", Assert.Throws<InvalidOperationException>(() => plan.Execute()).Message, StringComparison.Ordinal);
        }
        finally
        {
            PciFunction.RescanAll();
        }
    }

    [SkippableFact]
    public void Groups_are_not_wanted_of_a_device_opened_by_its_character_device()
    {
        foreach (var function in Card) new DriverBinding().Bind(function, "vfio-pci");
        var first = Open(Card[0]);
        using var anything = FileDescriptor.Open("/dev/null", OpenMode.ReadWrite);
        var refused = Assert.Throws<LinuxException>(() => first.PlanHotReset().Execute(anything));
        Assert.Equal((Errno.EINVAL, "VFIO_DEVICE_PCI_HOT_RESET"), (refused.Errno, refused.Call));
        Assert.Contains("no groups are wanted", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A function alone is reset by its own means, and its neighbours keep their registers.</summary>
    [SkippableFact]
    public void A_function_reset_spares_the_others()
    {
        foreach (var function in Card) new DriverBinding().Bind(function, "vfio-pci");
        var first = Open(Card[0]);
        var second = Open(Card[1]);
        Assert.True(first.SupportsReset);
        first.Bars[0].WriteUInt32(InterruptMaskSet, 5);
        second.Bars[0].WriteUInt32(InterruptMaskSet, 6);
        first.Reset();
        Assert.Equal(0u, first.Bars[0].ReadUInt32(InterruptMaskSet));
        Assert.Equal(6u, second.Bars[0].ReadUInt32(InterruptMaskSet));
    }

    [SkippableFact]
    public void A_device_on_the_root_bus_has_none()
    {
        using var edu = BoundDevice.Edu();
        var refused = Assert.Throws<LinuxException>(() => edu.Device.PlanHotReset());
        Assert.Equal((Errno.ENODEV, "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO"), (refused.Errno, refused.Call));
    }

    private IommufdDevice Open(PciFunction function)
    {
        using var cdev = VfioCdev.Open(function);
        var device = cdev.Bind(_context);
        _devices.Add(device);
        return device;
    }
}
