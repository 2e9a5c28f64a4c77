namespace Devices.Pci;

/// <summary>How long the value of a register that was read stays right. Ordered: what holds longer is greater.</summary>
public enum RegisterPolicy : byte
{
    /// <summary>Not at all: it changes by itself, somebody else may write it, or nobody knows. Always read from the device.</summary>
    Volatile,

    /// <summary>Until it is written through us, or the function is reset.</summary>
    UntilWritten,

    /// <summary>Until the function is reset: nothing that is written changes it.</summary>
    UntilReset,

    /// <summary>As long as the function is the same: it comes back from any reset as it was. Lost with power, which can bring other firmware.</summary>
    Constant,
}
