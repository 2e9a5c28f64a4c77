using Xunit.Sdk;

namespace Devices.HwTests.Lab;

/// <summary>A trait that says where the lab runs a test.</summary>
[TraitDiscoverer("Devices.HwTests.Lab.LabTraitDiscoverer", "Devices.HwTests")]
public abstract class LabTraitAttribute(string key, string value) : Attribute, ITraitAttribute
{
    /// <summary>The trait's name.</summary>
    public string Key { get; } = key;

    /// <summary>The trait's value.</summary>
    public string Value { get; } = value;
}
