using Devices.Pci;

namespace Devices.Cli;

/// <summary>A register with its value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Its offset, hexadecimal.</param>
/// <param name="Width">Its bytes.</param>
/// <param name="Value">Its value, hexadecimal.</param>
/// <param name="Policy">How long the value stays right: <c>constant</c>, <c>until_reset</c>, <c>until_written</c>, <c>volatile</c>.</param>
/// <param name="Fields">What it says; empty for a register that there is no view of.</param>
internal sealed record RegisterValue(string Name, string Offset, int Width, string Value, string Policy, IReadOnlyList<DecodedField> Fields)
{
    internal static RegisterValue Of(ConfigSpacePolicy policy, ConfigSpaceSnapshot layout, ConfigRegister register, uint value) => new(
        register.Name,
        $"0x{register.Offset:x3}",
        register.Width,
        register.Format(value),
        PolicyName.Of(policy.Of(register)),
        RegisterDecoder.Decode(layout, register, value));
}
