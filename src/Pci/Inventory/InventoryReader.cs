using System.Buffers.Binary;
using Devices.Linux;

namespace Devices.Pci;

/// <summary>Takes one inventory.</summary>
internal sealed class InventoryReader
{
    private const int DwordSize = sizeof(uint);

    private readonly InventoryOptions _options;
    private readonly SysfsTree _sysfs;
    private readonly List<InventoryFunction> _found = [];
    private readonly Dictionary<PciAddress, string> _drivers;
    private readonly byte[] _image = new byte[PciRegs.PCI_CFG_SPACE_EXP_SIZE];
    private long _dwords;
    private long _vfDwords;
    private long _told;
    private int _restored;

    public InventoryReader(InventoryOptions options, SysfsTree sysfs)
    {
        _options = options;
        _sysfs = sysfs;
        _drivers = Drivers();
    }

    public PciInventory Read()
    {
        if (_options.Addresses is { } named)
            ReadNamed(named);
        else
            ReadAll();
        _found.Sort(static (one, other) => one.Address.CompareTo(other.Address));
        return new PciInventory(_found, new InventoryReads(_dwords, _vfDwords, _told, _restored));
    }

    private void ReadAll()
    {
        // A VF comes after its PF, and where it is the PF knows: no VF is asked whether it is one.
        var vfs = new HashSet<PciAddress>();
        foreach (var address in PciFunction.AddressesIn(_sysfs.Devices))
        {
            if (vfs.Contains(address) || TryOpen(address) is not { } function)
                continue;
            vfs.UnionWith(ReadFamily(function, isWanted: true, static _ => true));
        }
    }

    private void ReadNamed(IReadOnlyList<PciAddress> named)
    {
        // Of a VF nothing but whose it is.
        var physicalFunctions = named.ToDictionary(static address => address, PhysicalFunctionOf);
        foreach (var address in named.Where(address => physicalFunctions[address] is null))
            ReadFamily(PciFunction.Open(address, _sysfs), isWanted: true, static _ => true);
        foreach (var vfs in named.Where(address => physicalFunctions[address] is { } physical && !named.Contains(physical)).GroupBy(address => physicalFunctions[address]!.Value))
            ReadFamily(PciFunction.Open(vfs.Key, _sysfs), isWanted: false, vfs.ToHashSet().Contains);
    }

    private PciAddress? PhysicalFunctionOf(PciAddress address) =>
        SysfsAttribute.LinkName(Path.Combine(_sysfs.DeviceOf(address), "physfn")) is { } name ? PciAddress.Parse(name) : null;

    /// <summary>Reads a function and its VFs, those that are wanted; returns where it has VFs.</summary>
    private IReadOnlyList<PciAddress> ReadFamily(PciFunction function, bool isWanted, Predicate<PciAddress> isVfWanted)
    {
        try
        {
            if (isWanted)
                ReadOwn(function);
            return function.Sriov is { } sriov && sriov.Layout is { Count: > 0 } layout ? ReadVfs(function, sriov, layout, isVfWanted) : [];
        }
        catch (LinuxException gone) when (gone.Errno is Errno.ENOENT or Errno.ENODEV)
        {
            return [];
        }
    }

    private void ReadOwn(PciFunction function)
    {
        using var registers = function.OpenConfigSpace();
        var cache = new CachedConfigSpace(new OnceReadSpace(registers));
        var identity = _options.Store is null ? null : ConfigIdentity.Of(function);
        if (identity is not null && _options.Store!.TryRestore(function, identity, cache, out _))
            _restored++;
        cache.SeedFrom(function);
        var layout = cache.Policy is null ? null : LayoutOf(cache, isVf: false);
        Tell(new InventoryFunction(function.Address, function.Resources)
        {
            Ids = function.Ids,
            ClassCode = ClassOf(cache, layout),
            Revision = RevisionOf(cache, layout),
            Driver = _drivers.GetValueOrDefault(function.Address),
            Layout = layout,
            Status = StatusOf(cache, layout),
        });
        if (identity is not null)
            _options.Store!.Keep(function, identity, cache);
        _dwords += registers.DwordsRead;
    }

    private IReadOnlyList<PciAddress> ReadVfs(PciFunction physicalFunction, SriovControl sriov, VfLayout layout, Predicate<PciAddress> isWanted)
    {
        using var family = new VfConfigCaches(ConfigSpaceView.Raw);
        var identity = _options.Store is null ? null : ConfigIdentity.OfVfs(physicalFunction);
        if (identity is not null && _options.Store!.TryRestore(physicalFunction, identity, family, ConfigSpaceOwnership.Shared, out _))
            _restored++;
        var ranges = sriov.VfBarRanges(layout);
        var deviceId = sriov.VfDeviceId;
        InventoryLayout? shared = null;
        var addresses = layout.Addresses;
        for (var number = 0; number < addresses.Count; number++)
        {
            var address = addresses[number];
            if (!isWanted(address) || SysfsConfigSpace.TryOpen(_sysfs, address) is not { } registers)
                continue;
            using (registers)
            {
                var cache = family.Add(new OnceReadSpace(registers));
                var answers = cache.Policy is not null;
                var own = !answers ? null : cache.SharesConstants && shared is not null ? shared : LayoutOf(cache, isVf: true);

                // Constants that cannot be kept, ones say, are each VF's to be asked for.
                if (answers && shared is null && cache.SharesConstants && own!.Constants.All(register => cache.IsCached(register.Offset)))
                    shared = own;
                var subsystem = own is null ? 0 : cache.ReadUInt32(PciRegs.PCI_SUBSYSTEM_VENDOR_ID);
                var msix = own?.Capabilities.Find<MsixCapability>();
                Tell(new InventoryFunction(address, physicalFunction.Address, number, ranges)
                {
                    Ids = new PciIds(physicalFunction.VendorId, deviceId, (ushort)subsystem, (ushort)(subsystem >> 16)),
                    ClassCode = ClassOf(cache, own),
                    Revision = RevisionOf(cache, own),
                    Driver = _drivers.GetValueOrDefault(address),
                    Layout = own,
                    MsixVectors = msix is null ? null : MsixCapability.TableSizeOf(cache.ReadUInt16(msix.Offset + MsixCapability.MessageControlRegister)),
                    Status = StatusOf(cache, own),
                });
                family.Remove(cache);
                _vfDwords += registers.DwordsRead;
                _dwords += registers.DwordsRead;
            }
        }

        if (identity is not null)
            _options.Store!.Keep(physicalFunction, identity, family);
        return addresses;
    }

    private static PciClassCode? ClassOf(CachedConfigSpace cache, InventoryLayout? layout) =>
        layout is null ? null : new PciClassCode(cache.ReadUInt32(PciRegs.PCI_CLASS_REVISION) >> 8);

    private static byte? RevisionOf(CachedConfigSpace cache, InventoryLayout? layout) => layout is null ? null : cache.ReadByte(PciRegs.PCI_REVISION_ID);

    /// <summary>The layout of a function that answers, its constants read.</summary>
    private InventoryLayout LayoutOf(CachedConfigSpace cache, bool isVf)
    {
        var policy = cache.Policy!;
        var constants = new List<InventoryRegister>();
        var status = new List<InventoryRegister>();
        foreach (var register in RegisterMap.Of(policy.ToSnapshot("layout")))
        {
            // A VF's ids are ones. What belongs to nobody is no register.
            if ((isVf && register.Offset < PciRegs.PCI_COMMAND) || (register.Capability is null && register.Offset >= PciRegs.PCI_STD_HEADER_SIZEOF))
                continue;
            (policy.Of(register) == RegisterPolicy.Constant ? constants : status).Add(new InventoryRegister(register.Offset, register.Width, register.Name, null));
        }

        ReadInto(_image, cache, constants, alignment: 1);
        for (var i = 0; i < constants.Count; i++)
            constants[i] = constants[i] with { Value = ValueOf(constants[i]) };
        return new InventoryLayout(policy.Capabilities, constants, status);
    }

    private uint[] StatusOf(CachedConfigSpace cache, InventoryLayout? layout)
    {
        if (!_options.Status || layout is null)
            return [];
        ReadInto(_image, cache, layout.Status, DwordSize);
        var values = new uint[layout.Status.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = ValueOf(layout.Status[i]);
        return values;
    }

    // What is in a row is read in one go. Of constants not a byte more: others in the same dword would cost a read.
    private static void ReadInto(Span<byte> image, CachedConfigSpace cache, IReadOnlyList<InventoryRegister> registers, int alignment)
    {
        for (var i = 0; i < registers.Count;)
        {
            var start = registers[i].Offset & ~(alignment - 1);
            var end = start;
            do
            {
                end = Math.Max(end, EndOf(registers[i], alignment));
                i++;
            }
            while (i < registers.Count && registers[i].Offset <= end);
            cache.Read(start, image[start..end]);
        }
    }

    private void Tell(InventoryFunction function)
    {
        _found.Add(function);
        _told += function.Layout is not { } layout ? 0 : _options.Status ? layout.Dwords : layout.ConstantDwords;
    }

    private static int EndOf(InventoryRegister register, int alignment) => (register.Offset + register.Width + alignment - 1) & ~(alignment - 1);

    private PciFunction? TryOpen(PciAddress address)
    {
        try
        {
            return PciFunction.TryOpen(address, _sysfs, out var function) ? function : null;
        }
        catch (LinuxException gone) when (gone.Errno is Errno.ENOENT or Errno.ENODEV)
        {
            return null;
        }
    }

    // Asked of each driver, of which there are few, and not of each function.
    private Dictionary<PciAddress, string> Drivers()
    {
        var drivers = new Dictionary<PciAddress, string>();
        foreach (var driver in SysfsAttribute.NamesIn(_sysfs.Drivers))
        {
            foreach (var address in PciFunction.AddressesIn(Path.Combine(_sysfs.Drivers, driver)))
                drivers[address] = driver;
        }

        return drivers;
    }

    private uint ValueOf(InventoryRegister register) => register.Width switch
    {
        1 => _image[register.Offset],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(_image.AsSpan(register.Offset)),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(_image.AsSpan(register.Offset)),
    };
}
