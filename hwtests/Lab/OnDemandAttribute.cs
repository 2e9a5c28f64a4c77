namespace Devices.HwTests.Lab;

/// <summary>A test that a run of all leaves out, for the time it takes: it runs where a filter chooses among tests, and it is among them.</summary>
/// <param name="reason">How long, and what it is good for.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OnDemandAttribute(string reason) : LabTraitAttribute(Trait, reason)
{
    internal const string Trait = "OnDemand";
}
