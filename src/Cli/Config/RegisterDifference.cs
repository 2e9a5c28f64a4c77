using Devices.Pci;

namespace Devices.Cli;

/// <summary>A register that differs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Its offset, hexadecimal.</param>
/// <param name="Width">Its bytes.</param>
/// <param name="First">The first value, hexadecimal.</param>
/// <param name="Second">The second.</param>
/// <param name="Fields">The fields that differ; empty for a register that there is no view of.</param>
internal sealed record RegisterDifference(string Name, string Offset, int Width, string First, string Second, IReadOnlyList<RegisterFieldChange> Fields)
{
    internal static RegisterDifference Of(ConfigSpaceDifference difference, ConfigSpaceSnapshot first, ConfigSpaceSnapshot second)
    {
        var register = new ConfigRegister(difference.Offset, difference.Width, difference.Register, difference.Capability);
        return new RegisterDifference(
            register.Name,
            $"0x{register.Offset:x3}",
            register.Width,
            register.Format(difference.Saved),
            register.Format(difference.Found),
            RegisterFieldChange.Between(RegisterDecoder.Decode(first, register, difference.Saved), RegisterDecoder.Decode(second, register, difference.Found)));
    }
}
