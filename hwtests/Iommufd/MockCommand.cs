using System.Runtime.InteropServices;
using Devices.Iommufd;
using Devices.Linux;

namespace Devices.HwTests.Iommufd;

/// <summary><c>struct iommu_test_cmd</c> of the kernel's drivers/iommu/iommufd/iommufd_test.h: the arguments of the operations used here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct MockCommand : IIoctl
{
    [FieldOffset(0)] public uint Size;
    [FieldOffset(4)] public MockOperation Operation;
    [FieldOffset(8)] public uint Id;

    // Where a union starts: up to four words, or a word and 64-bit fields, or 64-bit fields.
    [FieldOffset(16)] public uint Word0;
    [FieldOffset(20)] public uint Word1;
    [FieldOffset(24)] public uint Word2;
    [FieldOffset(28)] public uint Word3;
    [FieldOffset(16)] public ulong Long0;
    [FieldOffset(24)] public ulong Long1;
    [FieldOffset(32)] public ulong Long2;
    [FieldOffset(40)] public ulong Long3;
    [FieldOffset(48)] public ulong Long4;
    [FieldOffset(56)] public ulong Long5;

    public static uint Request => Ioctl.IO((byte)';', 0xa0);

    public static string Name => "IOMMU_TEST_CMD";
}

/// <summary><c>IOMMU_TEST_OP_*</c>.</summary>
internal enum MockOperation : uint
{
    MockDomain = 2,
    CheckMap = 3,
    MockDomainReplace = 10,
    MockDomainFlags = 12,
    Dirty = 13,
    CheckIotlb = 14,
    TriggerPageFault = 15,
    CheckDeviceCache = 16,
    TriggerVirtualEvent = 17,
    PasidAttach = 18,
    PasidReplace = 19,
    PasidDetach = 20,
    PasidCheckHwpt = 21,
    DmaBufGet = 22,
    DmaBufRevoke = 23,
}

/// <summary>A device behind the kernel's mock IOMMU (<c>CONFIG_IOMMUFD_TEST</c>), which does in software what no emulated IOMMU does.</summary>
internal sealed unsafe class MockDevice : IDisposable
{
    /// <summary>The first address that the mock IOMMU translates.</summary>
    internal static readonly Iova Aperture = new(1 << 24);

    /// <summary>Its page size.</summary>
    internal const ulong PageSize = 2048;

    internal const uint NoDirtyTracking = 1 << 0;
    internal const uint WithPasid = 1 << 2;

    internal const uint HwptData = 0xdead;
    internal const uint HardwareInfo = 0xfeedbeef;
    internal const uint HardwareRegister = 0xdeadbeef;
    internal const ViommuType ViommuKind = (ViommuType)0xdeadbeef;
    internal const HardwareQueueType QueueKind = (HardwareQueueType)0xdeadbeef;
    internal const InvalidationType Invalidation = (InvalidationType)0xdeadbeef;
    internal const uint IotlbDefault = 0xbadbeef;
    internal const uint DeviceCacheDefault = 0xbaddad;

    private readonly IommuContext _context;
    private readonly uint _id;
    private bool _gone;

    /// <summary>Creates the device, bound to the context and attached.</summary>
    internal MockDevice(IommuObject attachTo, uint flags = 0)
    {
        _context = attachTo.Context;
        var command = Run(new MockCommand { Operation = MockOperation.MockDomainFlags, Id = attachTo.Id, Word3 = flags });
        (_id, Id) = (command.Word0, command.Word2);
    }

    internal static VirtualEventType Events { get; } = new(0xbeefbeef, sizeof(uint));

    /// <summary>Its id as a bound device.</summary>
    internal uint Id { get; }

    /// <summary>Attaches it elsewhere.</summary>
    internal void MoveTo(IommuObject target) => Run(new MockCommand { Operation = MockOperation.MockDomainReplace, Id = _id, Word0 = target.Id });

    /// <summary>A nested page table of the mock IOMMU.</summary>
    internal static OtherHwptData PageTable(uint iotlb = IotlbDefault)
    {
        Span<uint> data = [iotlb, 0];
        return new OtherHwptData(HwptData, MemoryMarshal.AsBytes(data));
    }

    /// <summary>What the mock IOMMU has cached of a nested page table.</summary>
    internal bool HasIotlb(NestedHwpt hwpt, uint index, uint value)
        => Try(new MockCommand { Operation = MockOperation.CheckIotlb, Id = hwpt.Id, Word0 = index, Word1 = value }) == Errno.None;

    internal bool HasCache(uint index, uint value)
        => Try(new MockCommand { Operation = MockOperation.CheckDeviceCache, Id = Id, Word0 = index, Word1 = value }) == Errno.None;

    /// <summary>Whether a page table translates a range to just this memory.</summary>
    internal bool Translates(PagingHwpt hwpt, Iova at, MemoryMapping memory)
        => Try(new MockCommand { Operation = MockOperation.CheckMap, Id = hwpt.Id, Long0 = at.Value, Long1 = memory.Length, Long2 = memory.Address }) == Errno.None;

    /// <summary>Writes pages, as a device would.</summary>
    internal void Write(PagingHwpt hwpt, DirtyBitmap pages)
    {
        fixed (ulong* pointer = pages.Words)
        {
            Run(new MockCommand
            {
                Operation = MockOperation.Dirty,
                Id = hwpt.Id,
                Long1 = pages.Range.First.Value,
                Long2 = (ulong)pages.Range.Length,
                Long3 = pages.PageSize,
                Long4 = (ulong)pointer,
            });
        }
    }

    internal void RaisePageFault(ulong address, PageFaultAccess access, uint group, uint pasid = 0)
        => Run(new MockCommand { Operation = MockOperation.TriggerPageFault, Word0 = Id, Word1 = pasid, Word2 = group, Word3 = (uint)access, Long2 = address });

    internal void RaiseEvent() => Run(new MockCommand { Operation = MockOperation.TriggerVirtualEvent, Word0 = Id });

    internal Errno TryAttachPasid(Pasid pasid, Hwpt hwpt)
        => Try(new MockCommand { Operation = MockOperation.PasidAttach, Id = _id, Word0 = pasid.Value, Word1 = hwpt.Id });

    internal void DetachPasid(Pasid pasid) => Run(new MockCommand { Operation = MockOperation.PasidDetach, Id = _id, Word0 = pasid.Value });

    internal bool HasPasidAt(Pasid pasid, Hwpt hwpt)
        => Try(new MockCommand { Operation = MockOperation.PasidCheckHwpt, Id = _id, Word0 = pasid.Value, Word1 = hwpt.Id }) == Errno.None;

    /// <summary>A dma-buf. This kernel does not return its number: the descriptor that is new is it.</summary>
    internal static FileDescriptor DmaBuf(IommuContext context, ulong length)
    {
        const int Cloexec = 0x80000;
        var before = DmaBufs();
        Run(context, new MockCommand { Operation = MockOperation.DmaBufGet, Word0 = (uint)length, Word1 = Cloexec });
        return FileDescriptor.Adopt(Assert.Single(DmaBufs().Except(before)), "mock dma-buf");
    }

    internal static void Revoke(IommuContext context, FileDescriptor buffer, bool revoked)
    {
        using var lease = buffer.Lease();
        Run(context, new MockCommand { Operation = MockOperation.DmaBufRevoke, Word0 = (uint)lease.Number, Word1 = revoked ? 1u : 0u });
    }

    /// <summary>Detaches it and takes it away.</summary>
    public void Dispose()
    {
        if (_gone || _context.Fd.IsClosed) return;
        _gone = true;
        Assert.Equal(Errno.None, Destroy(_context, _id));
    }

    /// <summary>Destroys an object by its id: ENOENT shows that there is none any more.</summary>
    internal static Errno Destroy(IommuContext context, uint id)
    {
        var destroy = new iommu_destroy { size = (uint)sizeof(iommu_destroy), id = id };
        return Ioctl.Try(context.Fd, ref destroy);
    }

    private static int[] DmaBufs() =>
    [
        .. Directory.GetFileSystemEntries("/proc/self/fd")
            .Where(path => new FileInfo(path).LinkTarget?.Contains("dmabuf", StringComparison.Ordinal) == true)
            .Select(path => int.Parse(Path.GetFileName(path))),
    ];

    private static void Run(IommuContext context, MockCommand command)
    {
        command.Size = (uint)sizeof(MockCommand);
        Ioctl.Call(context.Fd, ref command);
    }

    private MockCommand Run(MockCommand command)
    {
        command.Size = (uint)sizeof(MockCommand);
        Ioctl.Call(_context.Fd, ref command);
        return command;
    }

    private Errno Try(MockCommand command)
    {
        command.Size = (uint)sizeof(MockCommand);
        return Ioctl.Try(_context.Fd, ref command);
    }
}
