namespace Devices.HwTests.Lab;

/// <summary>The second half of a pair over a kexec: run in the next kernel, in the same guest. There may be several; their order is not defined.</summary>
/// <param name="scenario">The pair's name.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AfterKexecAttribute(string scenario) : LabTraitAttribute(Trait, scenario)
{
    internal const string Trait = "AfterKexec";
}
