using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Devices.Linux;

namespace Devices.Iommufd;

/// <summary>
/// A guest's share of a physical IOMMU: what its nested page tables, virtual device ids, events and queues belong to. Made by
/// <see cref="PagingHwpt.CreateViommu(uint, ViommuType)"/>.
/// </summary>
public sealed class Viommu : IommuObject
{
    private readonly List<HardwareQueue> _queues = [];

    internal Viommu(PagingHwpt parent, uint id, ViommuType type)
        : base(parent.Context, id, owned: true, parent)
    {
        Parent = parent;
        Type = type;
    }

    /// <summary>The second stage of all that is nested in it.</summary>
    public PagingHwpt Parent { get; }

    /// <summary>Its kind.</summary>
    public ViommuType Type { get; }

    /// <summary>Registers that the guest may use directly; null where the kind has none, or the caller gave the data himself.</summary>
    public ViommuWindow? Window { get; internal set; }

    private protected override string Kind => "vIOMMU";

    /// <summary>Nests a guest's page table in this vIOMMU's second stage.</summary>
    /// <param name="deviceId">A device behind the same physical IOMMU.</param>
    /// <param name="data">The guest's page table, in the form of that IOMMU.</param>
    /// <param name="pasid">Whether it is for a PASID, or for a device whose PASIDs are attached elsewhere.</param>
    /// <param name="faults">Where page faults are delivered; null where they fail.</param>
    /// <remarks><c>IOMMU_HWPT_ALLOC</c> on a vIOMMU.</remarks>
    /// <exception cref="LinuxException">EOPNOTSUPP: the IOMMU takes other data. EINVAL: the device is behind another IOMMU.</exception>
    public NestedHwpt CreateNested(uint deviceId, HwptData data, bool pasid = false, FaultQueue? faults = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ThrowIfEnded();
        var flags = pasid ? HwptFlags.Pasid : HwptFlags.None;
        return new NestedHwpt(Parent, this, Hwpt.Allocate(this, deviceId, flags, faults, data), deviceId, flags, faults);
    }

    /// <summary>Tells by which id the guest knows a device: the IOMMU's events and invalidations use it.</summary>
    /// <param name="deviceId">The device, behind the same physical IOMMU.</param>
    /// <param name="virtualId">The guest's id: a Stream ID of ARM, a Device ID of AMD, a Requester ID of Intel.</param>
    /// <remarks><c>IOMMU_VDEVICE_ALLOC</c>.</remarks>
    /// <exception cref="LinuxException">EEXIST: the device has a virtual id, or the id a device. EINVAL: another IOMMU.</exception>
    public unsafe Vdevice CreateVdevice(uint deviceId, ulong virtualId)
    {
        ThrowIfEnded();
        var alloc = new iommu_vdevice_alloc { size = (uint)sizeof(iommu_vdevice_alloc), viommu_id = Id, dev_id = deviceId, virt_id = virtualId };
        IommufdIoctl.Call(Context.Fd, ref alloc, $"{this}, device {deviceId} as 0x{virtualId:x}");
        return new Vdevice(this, alloc.out_vdevice_id, deviceId, virtualId);
    }

    /// <summary>Creates the queue that delivers events of one kind for the guest.</summary>
    /// <param name="type">Their kind: one queue each.</param>
    /// <param name="depth">How many events it keeps; more are lost, which is told. At least 1.</param>
    /// <remarks><c>IOMMU_VEVENTQ_ALLOC</c>.</remarks>
    /// <exception cref="LinuxException">EEXIST: there is one of that kind. EINVAL: too deep.</exception>
    public unsafe VirtualEventQueue CreateEventQueue(VirtualEventType type, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        ThrowIfEnded();
        var alloc = new iommu_veventq_alloc
        {
            size = (uint)sizeof(iommu_veventq_alloc),
            viommu_id = Id,
            type = type.Value,
            veventq_depth = (uint)depth,
        };
        IommufdIoctl.Call(Context.Fd, ref alloc, $"{this}, events {type}");
        var fd = FileDescriptor.Adopt((int)alloc.out_veventq_fd, $"event queue {alloc.out_veventq_id}");
        return new VirtualEventQueue(this, alloc.out_veventq_id, fd, type);
    }

    /// <summary>Lets the hardware serve a queue in the guest's memory.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="index">Its number among the vIOMMU's queues of that kind, from 0 on; made in ascending and destroyed in descending order.</param>
    /// <param name="queue">Where the queue is: IOVAs of the second stage, mapped, of contiguous memory.</param>
    /// <remarks><c>IOMMU_HW_QUEUE_ALLOC</c>. The memory cannot be unmapped while the queue exists.</remarks>
    /// <exception cref="LinuxException">
    /// EOPNOTSUPP: no such queues. ENOENT: not mapped. EFAULT: not contiguous. EEXIST: the index is taken. EIO: a lower one is missing.
    /// </exception>
    public unsafe HardwareQueue CreateHardwareQueue(HardwareQueueType type, uint index, IovaRange queue)
    {
        ThrowIfEnded();
        if (queue.Length > ulong.MaxValue) throw new ArgumentException("No queue has 2^64 bytes.", nameof(queue));
        var alloc = new iommu_hw_queue_alloc
        {
            size = (uint)sizeof(iommu_hw_queue_alloc),
            viommu_id = Id,
            type = (uint)type,
            index = index,
            nesting_parent_iova = queue.First.Value,
            length = (ulong)queue.Length,
        };
        IommufdIoctl.Call(Context.Fd, ref alloc, $"{this}, queue {index} at {queue}");
        // In the kernel each queue holds the one before it, so that they go in descending order.
        _queues.RemoveAll(known => !known.IsAlive);
        var before = index == 0 ? null : _queues.Find(known => known.Type == type && known.Index == index - 1);
        var created = new HardwareQueue(this, before, alloc.out_hw_queue_id, type, index, queue);
        _queues.Add(created);
        return created;
    }

    /// <summary>Invalidates by commands of an ARM SMMUv3: what it cached of page tables, of contexts, or in devices.</summary>
    /// <param name="commands">The guest's commands, handled in order.</param>
    /// <remarks><c>IOMMU_HWPT_INVALIDATE</c> with <c>IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3</c>.</remarks>
    /// <exception cref="IommuInvalidationException">A command was refused; those before it were handled.</exception>
    public void Invalidate(params ReadOnlySpan<ArmSmmuv3Command> commands)
    {
        var entries = new iommu_viommu_arm_smmuv3_invalidate[commands.Length];
        for (var i = 0; i < entries.Length; i++) entries[i] = commands[i].ToAbi();
        Invalidate(InvalidationType.ArmSmmuv3, Unsafe.SizeOf<iommu_viommu_arm_smmuv3_invalidate>(), MemoryMarshal.AsBytes(entries.AsSpan()));
    }

    /// <summary>Invalidates by requests in the form of the IOMMU's driver.</summary>
    /// <param name="type">Their kind.</param>
    /// <param name="entryLength">The length of one request in bytes.</param>
    /// <param name="requests">The requests, one after the other. None asks only whether the driver takes that kind.</param>
    /// <remarks><c>IOMMU_HWPT_INVALIDATE</c> on a vIOMMU.</remarks>
    /// <exception cref="ArgumentException">The length is not a multiple of one request's.</exception>
    /// <exception cref="IommuInvalidationException">A request was refused; those before it were handled.</exception>
    public void Invalidate(InvalidationType type, int entryLength, ReadOnlySpan<byte> requests)
    {
        ThrowIfEnded();
        Invalidation.Run(this, type, entryLength, requests);
    }

    /// <summary>Maps registers that the guest may use directly.</summary>
    /// <param name="window">Which: <see cref="Window"/>, or what the IOMMU's driver told in the data of the vIOMMU.</param>
    /// <remarks><c>mmap(2)</c> of the iommufd. The vIOMMU cannot be destroyed while they are mapped.</remarks>
    /// <exception cref="LinuxException">ENXIO: no such window.</exception>
    public ViommuRegisters MapRegisters(ViommuWindow window)
    {
        ThrowIfEnded();
        var memory = MemoryMapping.Map(Context.Fd, checked((long)window.Offset), checked((nuint)window.Length), MemoryProtection.ReadWrite);
        return new ViommuRegisters(memory, Hold("a mapping of its registers"));
    }
}
