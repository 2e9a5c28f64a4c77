namespace Devices.Cli;

/// <summary>A row of a map of configuration space.</summary>
/// <param name="Offset">Where it begins, hexadecimal.</param>
/// <param name="Policies">
/// A letter a byte: <c>c</c> constant, <c>r</c> kept until a reset, <c>w</c> until it is written, <c>v</c> volatile, <c>.</c> of nothing that is known. Capital while it is
/// cached.
/// </param>
/// <param name="Reads">How often each of its dwords was read.</param>
internal sealed record ConfigMapRow(string Offset, string Policies, IReadOnlyList<long> Reads)
{
    internal const int Bytes = 32;
    internal const char Nobodys = '.';
}
