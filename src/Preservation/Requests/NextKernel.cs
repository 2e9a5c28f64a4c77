using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Preservation;

/// <summary>The kernel to jump into.</summary>
/// <param name="ImagePath">Its image: a bzImage, or an ELF file.</param>
public sealed record NextKernel(string ImagePath)
{
    /// <summary>Its initial RAM disk; null for none.</summary>
    public string? InitrdPath { get; init; }

    /// <summary>Its whole command line; null to compose it from the running one and what the kept devices need.</summary>
    public KernelCommandLine? CommandLine { get; init; }

    /// <summary>Parameters to set on the composed command line, each replacing one of its name.</summary>
    public IReadOnlyList<KernelParameter> Parameters { get; init; } = [];

    /// <summary>The command line that it gets.</summary>
    /// <param name="ids">The kept devices' ids, for <c>vfio-pci.ids</c>.</param>
    internal KernelCommandLine Compose(IEnumerable<VfioPciId> ids)
    {
        if (CommandLine is not null) return CommandLine;
        var composed = KernelCommandLine.ForNextKernel(KernelCommandLine.ReadRunning()).WithVfioPciIds(ids).With("vfio_pci.disable_idle_d3", "1");
        return Parameters.Aggregate(composed, static (line, parameter) => line.With(parameter.Name, parameter.Value));
    }

    internal FileDescriptor? OpenInitrd() => InitrdPath is null ? null : FileDescriptor.Open(InitrdPath, OpenMode.ReadOnly);
}
