using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Devices.Linux;

namespace Devices.Pci;

/// <summary>A PCI function of the running system, as sysfs shows it.</summary>
/// <remarks>
/// Address, ids, class and revision are read once, when it is opened; everything else at each use, because drivers, VFs and power change.
/// None of it reaches the hardware: these are the kernel's own copies. Holds nothing open.
/// </remarks>
public sealed class PciFunction
{
    private const int BarCount = 6;
    private const int FunctionsInSlot = 8;
    private const int RomIndex = 6;

    // BARs, ROM and, in a kernel with CONFIG_PCI_IOV, the VF BARs; what follows are bridge windows, of which there are four.
    private const int ResourcesWithIov = 13;
    private const int BridgeWindows = 4;

    private readonly SysfsTree _sysfs;

    private PciFunction(SysfsTree sysfs, PciAddress address)
    {
        _sysfs = sysfs;
        Address = address;
        SysfsPath = sysfs.DeviceOf(address);
        Ids = new PciIds((ushort)Hex("vendor"), (ushort)Hex("device"), (ushort)HexOptional("subsystem_vendor"), (ushort)HexOptional("subsystem_device"));
        ClassCode = new PciClassCode(Hex("class") & 0xFF_FFFF);
        Revision = (byte)HexOptional("revision");
    }

    private PciFunction(PciFunction vf, PciAddress address)
    {
        _sysfs = vf._sysfs;
        Address = address;
        SysfsPath = _sysfs.DeviceOf(address);
        Ids = vf.Ids;
        ClassCode = vf.ClassCode;
        Revision = vf.Revision;
    }

    /// <summary>Where it sits.</summary>
    public PciAddress Address { get; }

    /// <summary>Its directory: <c>/sys/bus/pci/devices/0000:01:00.0</c>.</summary>
    public string SysfsPath { get; }

    /// <summary>The ids that drivers match.</summary>
    public PciIds Ids { get; }

    /// <summary>Vendor id (sysfs <c>vendor</c>).</summary>
    public ushort VendorId => Ids.VendorId;

    /// <summary>Device id (sysfs <c>device</c>).</summary>
    public ushort DeviceId => Ids.DeviceId;

    /// <summary>Subsystem vendor id (sysfs <c>subsystem_vendor</c>); VF 0's for every VF.</summary>
    public ushort SubsystemVendorId => Ids.SubsystemVendorId;

    /// <summary>Subsystem id (sysfs <c>subsystem_device</c>); VF 0's for every VF.</summary>
    public ushort SubsystemId => Ids.SubsystemId;

    /// <summary>What it is (sysfs <c>class</c>); VF 0's for every VF.</summary>
    public PciClassCode ClassCode { get; }

    /// <summary>Revision (sysfs <c>revision</c>); VF 0's for every VF.</summary>
    public byte Revision { get; }

    /// <summary>The driver bound to it, or null (sysfs link <c>driver</c>).</summary>
    public string? Driver => SysfsAttribute.LinkName(PathOf("driver"));

    /// <summary>The only driver that may bind to it, or null (sysfs <c>driver_override</c>).</summary>
    public string? DriverOverride => SysfsAttribute.ReadOptional(PathOf("driver_override")) is { Length: > 0 } name and not "(null)" ? name : null;

    /// <summary>Its IOMMU group, or null without an IOMMU (sysfs link <c>iommu_group</c>).</summary>
    public int? IommuGroup => SysfsAttribute.LinkName(PathOf("iommu_group")) is { } name ? int.Parse(name, CultureInfo.InvariantCulture) : null;

    /// <summary>All functions of its IOMMU group, itself too, in order of address; empty without an IOMMU.</summary>
    public IReadOnlyList<PciAddress> IommuGroupMembers => AddressesIn(PathOf("iommu_group/devices"));

    /// <summary>Its NUMA node, or null where the firmware names none (sysfs <c>numa_node</c>).</summary>
    public int? NumaNode =>
        int.TryParse(SysfsAttribute.ReadOptional(PathOf("numa_node")), NumberStyles.Integer, CultureInfo.InvariantCulture, out var node) && node >= 0
            ? node
            : null;

    /// <summary>Its BARs, ROM, VF BARs and bridge windows, those that exist (sysfs <c>resource</c>).</summary>
    public IReadOnlyList<PciResource> Resources => ParseResources(SysfsAttribute.Read(PathOf("resource")));

    /// <summary>Its BARs, those that exist.</summary>
    public IReadOnlyList<PciResource> Bars => [.. Resources.Where(static resource => resource.Kind == PciResourceKind.Bar)];

    /// <summary>The bridge above it, or null on a root bus.</summary>
    public PciFunction? UpstreamBridge => UpstreamAddress is { } address ? new PciFunction(_sysfs, address) : null;

    /// <summary>The PF it is a VF of, or null (sysfs link <c>physfn</c>).</summary>
    public PciAddress? PhysicalFunction => SysfsAttribute.LinkName(PathOf("physfn")) is { } name ? PciAddress.Parse(name) : null;

    /// <summary>Whether it is a VF.</summary>
    public bool IsVirtualFunction => PhysicalFunction is not null;

    /// <summary>Its VFs in order of their number, those that are enabled now (sysfs links <c>virtfnN</c>).</summary>
    public IReadOnlyList<PciAddress> VirtualFunctions
    {
        get
        {
            const string Prefix = "virtfn";
            var found = new SortedDictionary<int, PciAddress>();
            foreach (var link in new DirectoryInfo(SysfsPath).EnumerateFileSystemInfos(Prefix + "*"))
            {
                if (int.TryParse(link.Name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && SysfsAttribute.LinkName(link.FullName) is { } name)
                {
                    found[number] = PciAddress.Parse(name);
                }
            }

            return [.. found.Values];
        }
    }

    /// <summary>SR-IOV of this PF, or null where it has none (sysfs <c>sriov_totalvfs</c>).</summary>
    public SriovControl? Sriov => SysfsAttribute.Exists(PathOf("sriov_totalvfs")) ? new SriovControl(this) : null;

    /// <summary>The other functions with the same domain, bus and device number.</summary>
    public IReadOnlyList<PciAddress> SlotPeers =>
    [
        // There are eight at most: looking for each is less than going through all functions of the host, for each of thousands of VFs.
        .. Enumerable.Range(0, FunctionsInSlot).Select(function => Address.WithFunction((byte)function))
            .Where(other => other != Address && SysfsAttribute.Exists(_sysfs.DeviceOf(other))),
    ];

    /// <summary>
    /// The other functions that a reset of this one's slot or bus resets as well: all that are behind the same upstream bridge. None on a
    /// root bus, which has no reset, and none for a VF. VFIO keeps one device set for the same functions.
    /// </summary>
    public IReadOnlyList<PciAddress> ResetPeers
    {
        get
        {
            if (IsVirtualFunction || UpstreamAddress is not { } bridge)
                return [];
            var below = Path.Combine(RealPath(_sysfs.DeviceOf(bridge)), string.Empty) + Path.DirectorySeparatorChar;
            return
            [
                .. AddressesIn(_sysfs.Devices).Where(other =>
                    other != Address && RealPath(_sysfs.DeviceOf(other)).StartsWith(below, StringComparison.Ordinal)),
            ];
        }
    }

    /// <summary>The name of the physical slot it is in, or null (<c>/sys/bus/pci/slots</c>).</summary>
    public string? SlotName
    {
        get
        {
            // The attribute holds domain:bus:device without a function.
            var device = Address.WithFunction(0).ToString()[..^2];
            return SysfsAttribute.NamesIn(_sysfs.Slots)
                .FirstOrDefault(slot => string.Equals(SysfsAttribute.ReadOptional(Path.Combine(_sysfs.Slots, slot, "address")), device, StringComparison.Ordinal));
        }
    }

    /// <summary>Its power state as the kernel believes it to be (sysfs <c>power_state</c>).</summary>
    public PciPowerState PowerState => SysfsAttribute.ReadOptional(PathOf("power_state")) switch
    {
        "D0" => PciPowerState.D0,
        "D1" => PciPowerState.D1,
        "D2" => PciPowerState.D2,
        "D3hot" => PciPowerState.D3Hot,
        "D3cold" => PciPowerState.D3Cold,
        _ => PciPowerState.Unknown,
    };

    /// <summary>How many times the kernel has enabled it and not disabled it; 0 means that it decodes nothing (sysfs <c>enable</c>).</summary>
    public int EnableCount => int.Parse(SysfsAttribute.Read(PathOf("enable")), CultureInfo.InvariantCulture);

    /// <summary>Whether ARI is enabled at the port above it, so that its functions have 8-bit numbers (sysfs <c>ari_enabled</c>).</summary>
    public bool IsAriEnabled => SysfsAttribute.ReadOptional(PathOf("ari_enabled")) is "1";

    /// <summary>How the kernel may reset it (sysfs <c>reset_method</c>).</summary>
    public ResetMethods ResetMethods => new(this);

    /// <summary>
    /// The name of its VFIO character device below <c>/dev/vfio/devices</c>, such as <c>vfio3</c>, or null while no VFIO driver is bound
    /// (sysfs <c>vfio-dev</c>).
    /// </summary>
    public string? VfioCdevName => SysfsAttribute.NamesIn(PathOf("vfio-dev")) is [var name, ..] ? name : null;

    internal SysfsTree Sysfs => _sysfs;

    private PciAddress? UpstreamAddress =>
        PciAddress.TryParse(Path.GetFileName(Path.GetDirectoryName(RealPath(SysfsPath))), out var bridge) ? bridge : null;

    /// <summary>Finds a function.</summary>
    /// <param name="address">Its address.</param>
    /// <returns>The function.</returns>
    /// <exception cref="LinuxException">There is none at that address.</exception>
    public static PciFunction Open(PciAddress address) => Open(address, SysfsTree.System);

    /// <summary>Finds a function, where its absence is ordinary.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="function">The function, or null.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryOpen(PciAddress address, [NotNullWhen(true)] out PciFunction? function) =>
        TryOpen(address, SysfsTree.System, out function);

    /// <summary>All functions of the system in order of address.</summary>
    /// <returns>The functions; one that disappears meanwhile is left out.</returns>
    public static IReadOnlyList<PciFunction> EnumerateAll() => EnumerateAll(SysfsTree.System);

    /// <summary>Has the kernel look for new functions on all buses (<c>/sys/bus/pci/rescan</c>).</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static void RescanAll() => SysfsAttribute.Write(SysfsTree.System.Rescan, "1", static _ => null);

    /// <summary>Opens its configuration space: the raw registers (sysfs <c>config</c>).</summary>
    /// <param name="writable">Whether registers will be written, which needs root.</param>
    /// <returns>The configuration space, to be disposed.</returns>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    public SysfsConfigSpace OpenConfigSpace(bool writable = false) => SysfsConfigSpace.Open(this, writable);

    /// <summary>Has the kernel enable or disable it: turns decoding of I/O and memory on or off (sysfs <c>enable</c>).</summary>
    /// <param name="enabled">True to enable once more, false to undo one enabling.</param>
    /// <exception cref="LinuxException">The kernel refused: a driver is bound to it, or it was not enabled.</exception>
    public void SetEnabled(bool enabled) =>
        SysfsAttribute.Write(PathOf("enable"), enabled ? "1" : "0", errno => errno switch
        {
            Errno.EBUSY => $"The driver {Driver} is bound to it and owns this: unbind it first.",
            Errno.EIO => "It is not enabled.",
            Errno.EPERM => "It needs CAP_SYS_ADMIN.",
            _ => null,
        });

    /// <summary>
    /// Takes it out of the system: its driver is unbound and the kernel forgets it, its <c>reset_method</c> included, until a rescan
    /// (sysfs <c>remove</c>). Never on a device that is kept.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Remove() => SysfsAttribute.Write(PathOf("remove"), "1", static _ => null);

    /// <summary>Has the kernel look for new functions on its bus and below (sysfs <c>rescan</c>).</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Rescan() => SysfsAttribute.Write(PathOf("rescan"), "1", static _ => null);

    /// <summary>Address, ids and class: <c>0000:01:00.0 1b36:0010 Non-Volatile memory controller</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Address} {Ids} {ClassCode.Description}";

    internal static PciFunction Open(PciAddress address, SysfsTree sysfs) =>
        TryOpen(address, sysfs, out var function)
            ? function
            : throw new LinuxException(
                Errno.ENODEV,
                "open",
                sysfs.DeviceOf(address),
                $"There is no PCI function {address}. Look it up with lspci -D; if it was removed, rescan the bus.");

    internal static bool TryOpen(PciAddress address, SysfsTree sysfs, [NotNullWhen(true)] out PciFunction? function)
    {
        function = SysfsAttribute.Exists(sysfs.DeviceOf(address)) ? new PciFunction(sysfs, address) : null;
        return function is not null;
    }

    internal static IReadOnlyList<PciFunction> EnumerateAll(SysfsTree sysfs)
    {
        var functions = new List<PciFunction>();
        foreach (var address in AddressesIn(sysfs.Devices))
        {
            try
            {
                if (TryOpen(address, sysfs, out var function))
                    functions.Add(function);
            }
            catch (LinuxException gone) when (gone.Errno is Errno.ENOENT or Errno.ENODEV)
            {
                // Removed between the listing and the reading of its ids: it is not there, which is what the list says.
            }
        }

        return functions;
    }

    /// <summary>Another VF of this one's PF: all that is read when a function is opened the kernel has of one VF for all.</summary>
    internal PciFunction SiblingVf(PciAddress address) => new(this, address);

    internal string PathOf(string attribute) => Path.Combine(SysfsPath, attribute);

    internal static IReadOnlyList<PciResource> ParseResources(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var firstWindow = lines.Length >= ResourcesWithIov ? ResourcesWithIov : RomIndex + 1;
        var found = new List<PciResource>();
        for (var line = 0; line < lines.Length && line < firstWindow + BridgeWindows; line++)
        {
            var fields = lines[line].Split(' ');
            if (fields.Length != 3)
                throw new FormatException($"Line {line} of a PCI resource file is '{lines[line]}': expected start, end and flags");
            var flags = (PciResourceFlags)ParseHex64(fields[2]);
            if (flags == PciResourceFlags.None)
                continue;
            var (kind, index) = line switch
            {
                < BarCount => (PciResourceKind.Bar, line),
                RomIndex => (PciResourceKind.ExpansionRom, 0),
                _ when line < firstWindow => (PciResourceKind.VfBar, line - RomIndex - 1),
                _ => (PciResourceKind.BridgeWindow, line - firstWindow),
            };
            found.Add(new PciResource(kind, index, ParseHex64(fields[0]), ParseHex64(fields[1]), flags));
        }

        return found;
    }

    internal static List<PciAddress> AddressesIn(string directory)
    {
        var addresses = new List<PciAddress>();
        foreach (var name in SysfsAttribute.NamesIn(directory))
        {
            if (PciAddress.TryParse(name, out var address))
                addresses.Add(address);
        }

        addresses.Sort();
        return addresses;
    }

    private static string RealPath(string path) =>
        new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    private static uint ParseHex(ReadOnlySpan<char> text) => checked((uint)ParseHex64(text));

    private static ulong ParseHex64(ReadOnlySpan<char> text) =>
        ulong.Parse(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private uint Hex(string attribute) => ParseHex(SysfsAttribute.Read(PathOf(attribute)));

    private uint HexOptional(string attribute) => SysfsAttribute.ReadOptional(PathOf(attribute)) is { } text ? ParseHex(text) : 0;
}
