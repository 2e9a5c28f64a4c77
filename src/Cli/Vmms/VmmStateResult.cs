namespace Devices.Cli;

/// <summary>What <c>devkeep vmm save</c> and <c>vmm load</c> did.</summary>
/// <param name="Memory">The memory that has the state.</param>
/// <param name="Length">The state's bytes.</param>
/// <param name="Suspended">Whether the guest had suspended itself.</param>
internal sealed record VmmStateResult(string Memory, long Length, bool Suspended);
