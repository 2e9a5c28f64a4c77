using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Devices.Linux;

namespace Devices.Iommufd;

[StructLayout(LayoutKind.Explicit)]
internal struct iommu_hw_info : IIoctl
{
    [FieldOffset(0)]
    public uint size;
    [FieldOffset(4)]
    public uint flags;
    [FieldOffset(8)]
    public uint dev_id;
    [FieldOffset(12)]
    public uint data_len;
    [FieldOffset(16)]
    public ulong data_uptr;
    // One field with two names: the type asked for goes in, the type found comes out.
    [FieldOffset(24)]
    public uint in_data_type;
    [FieldOffset(24)]
    public uint out_data_type;
    [FieldOffset(28)]
    public byte out_max_pasid_log2;
    [FieldOffset(29)]
    public InlineArray3<byte> __reserved;
    [FieldOffset(32)]
    public ulong out_capabilities;

    public static uint Request => Ioctl.IO(IommufdIoctl.IOMMUFD_TYPE, 0x8a);

    public static string Name => "IOMMU_GET_HW_INFO";
}
