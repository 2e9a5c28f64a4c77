using Devices.Pci;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What a VMM is to get, checked as far as that can be done without opening anything.</summary>
/// <param name="Program">The VMM's file.</param>
/// <param name="Command">Its command line with placeholders, its own name first.</param>
/// <param name="Devices">The functions.</param>
/// <param name="Memory">The memory.</param>
/// <param name="UsesIommufd">Whether the command line has a placeholder for the iommufd.</param>
internal sealed record VmmPlan(string Program, IReadOnlyList<string> Command, IReadOnlyList<PciFunction> Devices, IReadOnlyList<VmmMemory> Memory, bool UsesIommufd)
{
    private const byte BridgeClass = 0x06;

    /// <summary>What is to be opened for it.</summary>
    internal DescriptorRequest Request => new(Devices, UsesIommufd, Memory.FirstOrDefault(static memory => memory.Name is null));

    /// <summary>All memory in bytes.</summary>
    internal ulong MemoryLength => Memory.Aggregate(0UL, static (sum, memory) => sum + memory.Length);

    /// <summary>Makes it.</summary>
    /// <param name="command">What the user typed, the VMM's name first.</param>
    /// <param name="vmm">Whose options to write for what the command has no placeholder for; null for none.</param>
    /// <param name="devices">The functions.</param>
    /// <param name="memory">The memory.</param>
    /// <param name="open">Finds another function of a device's group.</param>
    /// <exception cref="UserException">It cannot be done so: why, and the way out.</exception>
    internal static VmmPlan Make(IReadOnlyList<string> command, VmmKind? vmm, IReadOnlyList<PciFunction> devices, IReadOnlyList<VmmMemory> memory, Func<PciAddress, PciFunction> open)
    {
        PciAddress[] addresses = [.. devices.Select(static device => device.Address)];
        var mentioned = command.SelectMany(Placeholder.In).Select(placeholder => Meant(placeholder, memory)).ToHashSet();
        if (vmm is { } kind)
        {
            string[] written = [.. VmmOptions.For(kind, addresses, memory, mentioned)];
            command = [.. command, .. written];
            mentioned.UnionWith(written.SelectMany(Placeholder.In));
        }

        RequireAllGiven(mentioned, addresses, memory);
        RequireAllUsed(mentioned, addresses, memory);
        foreach (var device in devices) RequireUsable(device, addresses, open);
        return new VmmPlan(ProgramFile.Find(command[0]), command, devices, memory, mentioned.Contains(Placeholder.Iommufd));
    }

    /// <summary>What a placeholder stands for: <c>{memory}</c> for new memory, else for the only one.</summary>
    internal Placeholder Meant(Placeholder placeholder) => Meant(placeholder, Memory);

    private static Placeholder Meant(Placeholder placeholder, IReadOnlyList<VmmMemory> memory) => placeholder == Placeholder.Memory && memory is [var only] ? only.Placeholder : placeholder;

    private static void RequireAllGiven(HashSet<Placeholder> mentioned, PciAddress[] devices, IReadOnlyList<VmmMemory> memory)
    {
        foreach (var placeholder in mentioned)
        {
            switch (placeholder.Kind)
            {
                case PlaceholderKind.Device when !devices.Contains(placeholder.Device):
                    throw new UserException($"An argument has {placeholder}, and no --device {placeholder.Device} is given.");
                case PlaceholderKind.Memory when memory.Count == 0:
                    throw new UserException($"An argument has {placeholder}, and no --memory is given.");
                case PlaceholderKind.Memory when !memory.Any(memory => memory.Placeholder == placeholder):
                    throw new UserException($"An argument has {placeholder}; what --memory gives is {string.Join(", ", memory.Select(static memory => memory.Placeholder))}.");
                case PlaceholderKind.Iommufd when devices.Length == 0:
                    throw new UserException($"An argument has {placeholder}, and no --device is given that it could be for.");
            }
        }
    }

    private static void RequireAllUsed(HashSet<Placeholder> mentioned, PciAddress[] devices, IReadOnlyList<VmmMemory> memory)
    {
        const string WayOut = "put the placeholder where the descriptor's number is to stand, or let --vmm write the options";
        foreach (var device in devices.Select(Placeholder.Of).Where(device => !mentioned.Contains(device)))
            throw new UserException($"--device {device.Device} is given, and no argument has {device}: {WayOut}.");
        foreach (var unused in memory.Select(static memory => memory.Placeholder).Where(placeholder => !mentioned.Contains(placeholder)))
            throw new UserException($"--memory is given, and no argument has {unused}: {WayOut}.");
    }

    /// <summary>Checks that a device can be given away, with no other that it reaches past the IOMMU.</summary>
    /// <param name="device">The device.</param>
    /// <param name="given">All that the VMM gets.</param>
    /// <param name="open">Finds another function of its group.</param>
    /// <exception cref="UserException">It cannot.</exception>
    internal static void RequireUsable(PciFunction device, PciAddress[] given, Func<PciAddress, PciFunction> open)
    {
        if (device.VfioCdevName is null)
            throw new UserException($"{device.Address} has no VFIO device: {(device.Driver is { } driver ? $"its driver is {driver}" : "it has no driver")}. Give it to vfio-pci: devkeep bind {device.Address}.");

        // What is in one group reaches each other past the IOMMU; bridges do no DMA of their own.
        PciAddress[] others = [.. device.IommuGroupMembers.Where(other => !given.Contains(other) && open(other).ClassCode.BaseClass != BridgeClass)];
        if (others.Length > 0)
        {
            throw new UserException(
                $"{device.Address} shares IOMMU group {device.IommuGroup} with {string.Join(", ", others)}, from which it is not isolated: give the VMM all of them, or none.");
        }
    }

    /// <summary>Checks that a device can have a tier while a VMM has it, before it is opened for it, which resets it already.</summary>
    /// <param name="device">The device.</param>
    /// <param name="require">The lowest tier that will do.</param>
    /// <param name="program">The VMM's program.</param>
    /// <exception cref="UserException">It cannot: why.</exception>
    internal static void RequireTier(PciFunction device, PreservationTier require, string program)
    {
        if (require <= PreservationTier.Cold) return;
        var assessment = TierAssessment.Of(device);
        string[] limits = VmmLimits.Of(program) is { } limit ? [.. assessment.Limits, limit] : [.. assessment.Limits];
        var tier = VmmLimits.Of(program) is null ? assessment.Tier : PreservationTier.Cold;
        if (tier < require)
            throw new UserException($"{device.Address}: {TierName.Of(require)} is required and it can only have {TierName.Of(tier)} in {Path.GetFileName(program)}. {string.Join(' ', limits)} Require cold, or drive it by a program that does not reset it.");
    }
}
