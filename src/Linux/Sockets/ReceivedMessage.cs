namespace Devices.Linux;

/// <summary>What <see cref="UnixChannel.Receive"/> got; the caller owns the descriptors.</summary>
/// <param name="Length">Bytes of the message; 0 when the other end is closed.</param>
/// <param name="Truncated">The message, or its descriptors, did not fit: what came is incomplete, and no descriptor is kept.</param>
/// <param name="Descriptors">The descriptors that came with it, close-on-exec.</param>
public readonly record struct ReceivedMessage(int Length, bool Truncated, IReadOnlyList<FileDescriptor> Descriptors);
