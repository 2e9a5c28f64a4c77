namespace Devices.Pci;

/// <summary>Link speeds in words.</summary>
public static class PcieLinkSpeeds
{
    /// <summary>The speed as lspci writes it.</summary>
    /// <param name="speed">The speed.</param>
    /// <returns><c>2.5GT/s</c> … <c>64GT/s</c>, or <c>unknown</c>.</returns>
    public static string ToText(this PcieLinkSpeed speed) => speed switch
    {
        PcieLinkSpeed.Gen1 => "2.5GT/s",
        PcieLinkSpeed.Gen2 => "5GT/s",
        PcieLinkSpeed.Gen3 => "8GT/s",
        PcieLinkSpeed.Gen4 => "16GT/s",
        PcieLinkSpeed.Gen5 => "32GT/s",
        PcieLinkSpeed.Gen6 => "64GT/s",
        _ => "unknown",
    };
}
