using Devices.Pci;

namespace Devices.Cli;

/// <summary>Policies as they are printed.</summary>
internal static class PolicyName
{
    internal static string Of(RegisterPolicy policy) => policy switch
    {
        RegisterPolicy.Constant => "constant",
        RegisterPolicy.UntilReset => "until_reset",
        RegisterPolicy.UntilWritten => "until_written",
        _ => "volatile",
    };
}
