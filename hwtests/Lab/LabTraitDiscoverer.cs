using Xunit.Abstractions;
using Xunit.Sdk;

namespace Devices.HwTests.Lab;

/// <summary>Tells xunit the traits of <see cref="LabTraitAttribute"/>.</summary>
public sealed class LabTraitDiscoverer : ITraitDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute)
    {
        ArgumentNullException.ThrowIfNull(traitAttribute);
        yield return KeyValuePair.Create(
            traitAttribute.GetNamedArgument<string>(nameof(LabTraitAttribute.Key)),
            traitAttribute.GetNamedArgument<string>(nameof(LabTraitAttribute.Value)));
    }
}
