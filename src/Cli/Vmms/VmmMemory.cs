namespace Devices.Cli;

/// <summary>Memory that a VMM gets.</summary>
/// <param name="Name">Its name in the keeper; null for memory that is made for the VMM alone.</param>
/// <param name="Length">In bytes.</param>
internal sealed record VmmMemory(string? Name, ulong Length)
{
    /// <summary>What stands for its descriptor's number.</summary>
    internal Placeholder Placeholder => Name is null ? Placeholder.Memory : Placeholder.OfMemory(Name);
}
