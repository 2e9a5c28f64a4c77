namespace Devices.HwTests.Lab;

/// <summary>The guest that a test needs, by its name in <c>lab/guests</c>. Without it: <c>default</c>, with one NVMe controller and edu.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class GuestAttribute(string name) : LabTraitAttribute(Trait, name)
{
    internal const string Trait = "Guest";
    internal const string Default = "default";
}
