namespace Devices.HwTests.Endurance;

/// <summary>What came over a kexec is not what it was.</summary>
internal sealed class EnduranceException(string message) : Exception(message)
{
    internal static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new EnduranceException(otherwise);
    }
}
