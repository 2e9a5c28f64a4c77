using System.Text.RegularExpressions;
using Devices.Pci;

namespace Devices.Cli;

/// <summary>What a VMM calls a device: as the user says, or by its address on the host, so that it can be unplugged by that.</summary>
internal static partial class VmmDeviceId
{
    /// <summary>The id of a device that was given none: <c>vfio-0000-01-00.0</c>. QEMU allows no colons.</summary>
    internal static string Of(PciAddress address) => $"vfio-{address.ToString().Replace(':', '-')}";

    /// <summary>Reads an address, or an id.</summary>
    internal static string Parse(string text) => PciAddress.TryParse(text, out var address) ? Of(address) : text;

    /// <summary>Whether QEMU takes it, and so every VMM: a letter, then letters, digits, <c>-</c>, <c>.</c> and <c>_</c>.</summary>
    internal static bool IsValid(string id) => Form().IsMatch(id);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9._-]*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
