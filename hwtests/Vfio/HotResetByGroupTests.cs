using System.Globalization;
using System.Text;
using Devices.HwTests.Lab;
using Devices.Iommufd;
using Devices.Linux;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>A hot reset by devices that were opened by their group: the group's open file is the proof that they are ours.</summary>
[Guest("card")]
public class HotResetByGroupTests
{
    private const uint InterruptMaskSet = 0x0C;
    private const byte Type = (byte)';';

    [SkippableFact]
    public void The_groups_prove_whose_the_devices_are()
    {
        var function = BoundDevice.NvmeFunction();
        PciFunction[] card = [function, .. function.SlotPeers.Select(PciFunction.Open)];
        foreach (var each in card) new DriverBinding().Bind(each, "vfio-pci");
        var number = (uint)function.IommuGroup!.Value;
        using var container = FileDescriptor.Open("/dev/vfio/vfio", OpenMode.ReadWrite);
        using var group = FileDescriptor.Open($"/dev/vfio/{number.ToString(CultureInfo.InvariantCulture)}", OpenMode.ReadWrite);
        using var context = IommuContext.Open();
        using (var device = Open(function, container, group, context))
        {
            var plan = device.PlanHotReset();
            Assert.True(plan.IsAllowed);
            Assert.Equal(
                card.Select(each => new AffectedDevice(each.Address, HotResetOwnership.ProvedByGroup, null, number)).OrderBy(affected => affected.Address),
                plan.Affected.OrderBy(affected => affected.Address));
            device.Bars[0].WriteUInt32(InterruptMaskSet, 5);
            var refused = Assert.Throws<LinuxException>(() => plan.Execute());
            Assert.Equal(Errno.EINVAL, refused.Errno);
            Assert.Contains("give the open groups", refused.Message, StringComparison.Ordinal);
            Assert.Equal(5u, device.Bars[0].ReadUInt32(InterruptMaskSet));
            plan.Execute(group);
            Assert.Equal(0u, device.Bars[0].ReadUInt32(InterruptMaskSet));
        }

        foreach (var each in card) new DriverBinding().Unbind(each);
    }

    private static VfioDevice Open(PciFunction function, FileDescriptor container, FileDescriptor group, IommuContext context)
    {
        const nint Type1v2 = 3;
        using var lease = container.Lease();
        var set = new SetContainer { Fd = lease.Number };
        Ioctl.Call(group, ref set);
        Assert.Equal(Errno.None, Ioctl.TryValue(container, Ioctl.IO(Type, 102), Type1v2, out _));
        byte[] name = [.. Encoding.ASCII.GetBytes(function.Address.ToString()), 0];
        Assert.Equal(Errno.None, Ioctl.TryBuffer<DeviceName>(group, name, out var number));
        return new VfioDevice(FileDescriptor.Adopt(number, function.Address.ToString()), function.Address, context, null, adopted: false);
    }

    private struct SetContainer : IIoctl
    {
        public int Fd;

        public static uint Request => Ioctl.IO(Type, 104);

        public static string Name => "VFIO_GROUP_SET_CONTAINER";
    }

    // The argument is a string, which has no struct.
    private struct DeviceName : IIoctl
    {
        public static uint Request => Ioctl.IO(Type, 106);

        public static string Name => "VFIO_GROUP_GET_DEVICE_FD";
    }
}
