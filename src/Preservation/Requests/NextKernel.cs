using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.Preservation;

/// <summary>The kernel to jump into.</summary>
public sealed record NextKernel
{
    // Looked into once, and open from then on: what is loaded is what was checked. A failure is not remembered.
    private readonly Lazy<KernelImage> _image;

    /// <summary>Names the kernel; its image is opened by the preflight, which says what is wrong with it.</summary>
    /// <param name="imagePath">Its image: a bzImage, or an ELF file.</param>
    public NextKernel(string imagePath)
    {
        ArgumentException.ThrowIfNullOrEmpty(imagePath);
        ImagePath = imagePath;
        _image = new Lazy<KernelImage>(() => KernelImage.Open(imagePath), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Takes an image that is open.</summary>
    /// <param name="image">The image; it stays open as long as this object is used.</param>
    public NextKernel(KernelImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImagePath = image.ImagePath;
        _image = new Lazy<KernelImage>(image);
    }

    /// <summary>Its image's path.</summary>
    public string ImagePath { get; }

    /// <summary>Its initial RAM disk; null for none.</summary>
    public string? InitrdPath { get; init; }

    /// <summary>Its whole command line; null to compose it from the running one and what the kept devices need.</summary>
    public KernelCommandLine? CommandLine { get; init; }

    /// <summary>Parameters to set on the composed command line, each replacing one of its name.</summary>
    public IReadOnlyList<KernelParameter> Parameters { get; init; } = [];

    /// <summary>Devices that others keep over the same jump, whose ids <c>vfio-pci.ids</c> of a composed command line gets too.</summary>
    public IReadOnlyList<PciFunction> Others { get; init; } = [];

    /// <summary>Its image, opened when first asked for.</summary>
    /// <exception cref="LinuxException">The file cannot be opened or read.</exception>
    /// <exception cref="KernelImageException">It is no kernel image.</exception>
    internal KernelImage Image => _image.Value;

    /// <summary>The command line that it gets.</summary>
    /// <param name="kept">The devices to keep, which decide about <c>vfio-pci.ids</c>.</param>
    public KernelCommandLine ComposeFor(IReadOnlyList<PciFunction> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return Compose(SystemChecks.IdsOf(kept));
    }

    /// <summary>The command line that it gets.</summary>
    /// <param name="ids">The kept devices' ids, for <c>vfio-pci.ids</c>.</param>
    internal KernelCommandLine Compose(IEnumerable<VfioPciId> ids)
    {
        if (CommandLine is not null) return CommandLine;
        var composed = KernelCommandLine.ForNextKernel(KernelCommandLine.ReadRunning()).WithVfioPciIds(ids.Concat(SystemChecks.IdsOf(Others)).Distinct()).With("vfio_pci.disable_idle_d3", "1");
        return Parameters.Aggregate(composed, static (line, parameter) => line.With(parameter.Name, parameter.Value));
    }

    internal FileDescriptor? OpenInitrd() => InitrdPath is null ? null : FileDescriptor.Open(InitrdPath, OpenMode.ReadOnly);
}
