using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Vfio;

/// <summary>A PCI device bound to an iommufd through its character device (<see cref="VfioCdev"/>): it reaches the address space that it is attached to.</summary>
public sealed class IommufdDevice : VfioDevice
{
    private readonly List<PasidAttachment> _pasids = [];
    private IoasAttachment? _attachment;

    internal IommufdDevice(FileDescriptor fd, DeviceIdentity identity, IommuContext context, uint? deviceId, bool adopted)
        : base(fd, identity, adopted)
    {
        Context = context;
        IommufdDeviceId = deviceId;
    }

    /// <summary>The iommufd that it is bound to.</summary>
    public IommuContext Context { get; }

    /// <summary>Its id in the iommufd; null if it was taken over from a process that did not tell.</summary>
    public uint? IommufdDeviceId { get; }

    /// <summary>The attachment made through this object, or null.</summary>
    public override IoasAttachment? Attachment => _attachment is { IsAttached: true } ? _attachment : null;

    /// <summary>
    /// Attaches the device to an address space: from now on it reaches what is mapped there, and nothing else. For a device
    /// that was taken over: the address space that it is attached to already changes nothing, another one replaces it.
    /// </summary>
    /// <param name="ioas">The address space, of the context that the device is bound to.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>. What is mapped is pinned now.</remarks>
    /// <exception cref="ArgumentException">The address space belongs to another context.</exception>
    /// <exception cref="InvalidOperationException">The device is attached already.</exception>
    /// <exception cref="LinuxException">EADDRINUSE: something is mapped at a reserved address. EBUSY: the group is attached elsewhere.</exception>
    public IoasAttachment Attach(Ioas ioas)
    {
        ThrowIfAttached();
        return _attachment = new IoasAttachment(this, ioas, null, IommufdAttach.Attach(this, Context, ioas));
    }

    /// <summary>
    /// Attaches the device to a page table chosen by the caller, as <see cref="Attach(Ioas)"/> does to one that the kernel chooses: to
    /// track what it writes, to nest a guest's page table, to get its page faults, to use PASIDs besides.
    /// </summary>
    /// <param name="hwpt">The page table, of the context that the device is bound to.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>.</remarks>
    /// <exception cref="ArgumentException">The page table belongs to another context.</exception>
    /// <exception cref="InvalidOperationException">The device is attached already.</exception>
    /// <exception cref="LinuxException">
    /// EINVAL: the page table does not fit the device's IOMMU, or PASIDs of the device are attached and it was not made for them. ENODEV: it delivers
    /// page faults and the device raises none. EADDRINUSE, EBUSY: as for an address space.
    /// </exception>
    public IoasAttachment Attach(Hwpt hwpt)
    {
        ThrowIfAttached();
        var use = IommufdAttach.Attach(this, Context, hwpt);
        return _attachment = new IoasAttachment(this, hwpt.Ioas, hwpt, use);
    }

    /// <summary>Attaches one of the device's PASIDs to a page table; the device itself may be attached to another one made for PASIDs.</summary>
    /// <param name="pasid">The PASID, within <see cref="IommuHardwareInfo.PasidBits"/>.</param>
    /// <param name="hwpt">The page table, made with <see cref="HwptFlags.Pasid"/>. What is attached to the PASID already is replaced.</param>
    /// <remarks><c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c> with <c>VFIO_DEVICE_ATTACH_PASID</c>.</remarks>
    /// <exception cref="ArgumentException">The page table belongs to another context, or was not made for PASIDs.</exception>
    /// <exception cref="InvalidOperationException">The PASID is attached already.</exception>
    /// <exception cref="NotSupportedException">The device has no PASIDs, or not so many. The kernel would take the call and attach nothing.</exception>
    /// <exception cref="LinuxException">EOPNOTSUPP: the device's IOMMU has no PASIDs. EINVAL: the device is attached to a page table not made for PASIDs.</exception>
    public PasidAttachment AttachPasid(Pasid pasid, Hwpt hwpt)
    {
        ThrowIfEnded();
        if (_pasids.Find(known => known.IsAttached && known.Pasid == pasid) is { } current)
            throw new InvalidOperationException($"{current} is attached to {current.Hwpt} already: detach it first, or replace it.");
        var attachment = new PasidAttachment(this, pasid, hwpt, AttachTo(hwpt, pasid));
        _pasids.RemoveAll(static known => !known.IsAttached);
        _pasids.Add(attachment);
        return attachment;
    }

    internal IommuObjectUse AttachTo(Hwpt hwpt, Pasid pasid)
    {
        ArgumentNullException.ThrowIfNull(hwpt);
        if (pasid.Value == 0) throw new ArgumentException("The default value is no PASID.", nameof(pasid));
        if (!hwpt.Flags.HasFlag(HwptFlags.Pasid)) throw new ArgumentException($"{hwpt} was not made with {nameof(HwptFlags.Pasid)}.", nameof(hwpt));
        // Linux 7.3 does not compare with a device's own number of PASIDs where that is 0, and the attachment has no effect.
        if (IommufdDeviceId is { } id && pasid.Value >> Context.ReadHardwareInfo(id).PasidBits != 0)
            throw new NotSupportedException($"{Name} does not send PASID {pasid}: its IOMMU reports {Context.ReadHardwareInfo(id).PasidBits} bits of PASID for it.");
        return IommufdAttach.Attach(this, Context, hwpt, pasid);
    }

    private protected override void EndAttachments()
    {
        base.EndAttachments();
        foreach (var pasid in _pasids) pasid.End();
        _pasids.Clear();
    }

    private void ThrowIfAttached()
    {
        ThrowIfEnded();
        if (Attachment is { } current) throw new InvalidOperationException($"{Name} is attached to {current.Hwpt ?? (IommuObject)current.Ioas} already: detach it first.");
    }
}
