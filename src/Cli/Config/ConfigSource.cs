using Devices.Pci;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>A configuration space to read, open: a function's of this host, or one out of a dump.</summary>
internal sealed class ConfigSource : IDisposable
{
    private readonly IDisposable[] _open;

    private ConfigSource(PciAddress address, IPciConfigSpace space, string? file, PciFunction? function, bool isVirtualFunction, params IDisposable[] open)
    {
        Address = address;
        Space = space;
        File = file;
        Function = function;
        IsVirtualFunction = isVirtualFunction;
        _open = open;
    }

    internal PciAddress Address { get; }

    internal IPciConfigSpace Space { get; }

    /// <summary>The dump it is out of, or null.</summary>
    internal string? File { get; }

    /// <summary>The function; null for one out of a dump.</summary>
    internal PciFunction? Function { get; }

    internal bool IsVirtualFunction { get; }

    /// <summary>Opens what one target names.</summary>
    /// <exception cref="UserException">A dump has several functions, or not the one that is named.</exception>
    internal static ConfigSource Open(CliHost host, ConfigTarget target)
    {
        if (target.File is null)
            return Open(host, host.Open(target.Address!.Value));
        var dumps = Load(target);
        return dumps.Count == 1
            ? Of(dumps[0], target.File)
            : throw new UserException($"{target.File} has {dumps.Count} functions: say which by {target.File}#{dumps[0].Address}.");
    }

    /// <summary>Opens what one target names: of a dump all its functions.</summary>
    internal static IEnumerable<ConfigSource> OpenAll(CliHost host, ConfigTarget target) =>
        target.File is null ? [Open(host, host.Open(target.Address!.Value))] : Load(target).Select(dump => Of(dump, target.File));

    /// <summary>Opens a function of this host in a view. VFIO's opens the device, which resets it.</summary>
    internal static ConfigSource Open(CliHost host, PciFunction function, ConfigSpaceView view = ConfigSpaceView.Raw)
    {
        var physical = function.PhysicalFunction;
        if (view == ConfigSpaceView.Vfio)
            return OpenThroughVfio(function);
        var registers = function.OpenConfigSpace();
        try
        {
            // What is no VF has nothing to be made up.
            IPciConfigSpace space = view == ConfigSpaceView.Logical && physical is { } address ? Logical(registers, function, host.Open(address)) : registers;
            return new ConfigSource(function.Address, space, null, function, physical is not null, registers);
        }
        catch
        {
            registers.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var each in _open)
            each.Dispose();
    }

    private static ConfigSource OpenThroughVfio(PciFunction function)
    {
        var iommu = VfioIommu.Open();
        try
        {
            var device = iommu.Attach(function).Device;
            return new ConfigSource(function.Address, device.ConfigSpace, null, function, function.IsVirtualFunction, device, iommu);
        }
        catch
        {
            iommu.Dispose();
            throw;
        }
    }

    private static LogicalConfigSpace Logical(SysfsConfigSpace registers, PciFunction vf, PciFunction physical)
    {
        var number = physical.Sriov?.Layout.NumberOf(vf.Address) ?? throw new UserException($"{vf.Address} is no VF of {physical.Address} any more.");
        return LogicalConfigSpace.OfVf(registers, physical, number);
    }

    private static IReadOnlyList<ConfigSpaceDump> Load(ConfigTarget target)
    {
        var all = ConfigSpaceDump.Load(target.File!);
        if (all.Count == 0)
            throw new UserException($"{target.File} has no bytes of a configuration space: make a dump by devkeep config dump, or lspci -xxxx.");
        if (target.Address is not { } address)
            return all;
        var found = all.FirstOrDefault(dump => dump.Address == address);
        return found is null
            ? throw new UserException($"{target.File} has no function {address}; it has {string.Join(", ", all.Take(8).Select(static dump => dump.Address))}{(all.Count > 8 ? ", ..." : string.Empty)}.")
            : [found];
    }

    // A VF's raw ids are ones (PCIe 9.3.4.1.1, 9.3.4.1.2), and only a VF's, where a function answers.
    private static ConfigSource Of(ConfigSpaceDump dump, string file) => new(
        dump.Address,
        dump,
        file,
        null,
        dump.View == ConfigSpaceView.Raw && dump.ReadUInt32(PciRegs.PCI_VENDOR_ID) == uint.MaxValue && dump.ReadUInt32(PciRegs.PCI_COMMAND) != uint.MaxValue);
}
