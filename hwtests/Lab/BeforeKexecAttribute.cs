namespace Devices.HwTests.Lab;

/// <summary>The first half of a pair over a kexec. One for each scenario; it ends with <see cref="NextKernel.Jump"/>.</summary>
/// <param name="scenario">The pair's name; it gets a guest of its own.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BeforeKexecAttribute(string scenario) : LabTraitAttribute(Trait, scenario)
{
    internal const string Trait = "BeforeKexec";
}
