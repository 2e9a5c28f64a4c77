using System.Collections;

namespace Devices.Pci;

/// <summary>The capabilities of a function in the order of their lists, standard before extended, and what is wrong with the lists.</summary>
public sealed class PciCapabilityList : IReadOnlyList<PciCapability>
{
    private readonly PciCapability[] _capabilities;

    internal PciCapabilityList(PciCapability[] capabilities, CapabilityAnomaly[] anomalies)
    {
        _capabilities = capabilities;
        Anomalies = anomalies;
    }

    /// <summary>How many capabilities there are.</summary>
    public int Count => _capabilities.Length;

    /// <summary>What was wrong with the lists; empty for a healthy function.</summary>
    public IReadOnlyList<CapabilityAnomaly> Anomalies { get; }

    /// <summary>A capability by its position.</summary>
    /// <param name="index">From 0.</param>
    public PciCapability this[int index] => _capabilities[index];

    /// <summary>The first capability with a typed view.</summary>
    /// <typeparam name="T">The view, such as <see cref="MsixCapability"/>.</typeparam>
    /// <returns>The capability, or null.</returns>
    public T? Find<T>()
        where T : PciCapability
    {
        foreach (var capability in _capabilities)
        {
            if (capability is T typed)
                return typed;
        }

        return null;
    }

    /// <summary>The first standard capability with an id.</summary>
    /// <param name="id"><c>PCI_CAP_ID_*</c> of <see cref="PciRegs"/>.</param>
    /// <returns>The capability, or null.</returns>
    public PciCapability? FindStandard(int id) => Array.Find(_capabilities, capability => !capability.IsExtended && capability.Id == id);

    /// <summary>The first extended capability with an id.</summary>
    /// <param name="id"><c>PCI_EXT_CAP_ID_*</c> of <see cref="PciRegs"/>.</param>
    /// <returns>The capability, or null.</returns>
    public PciCapability? FindExtended(int id) => Array.Find(_capabilities, capability => capability.IsExtended && capability.Id == id);

    /// <inheritdoc/>
    public IEnumerator<PciCapability> GetEnumerator() => ((IEnumerable<PciCapability>)_capabilities).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
