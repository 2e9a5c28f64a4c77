namespace Devices.Drivers;

/// <summary>A namespace: the blocks that are read and written (Identify Namespace, CNS 0).</summary>
/// <param name="Id">Its id (NSID).</param>
/// <param name="Blocks">Its size in blocks (NSZE).</param>
/// <param name="BlockBytes">A block's size in bytes (LBADS): 512 to 4096.</param>
public sealed record NvmeNamespace(uint Id, ulong Blocks, int BlockBytes);
