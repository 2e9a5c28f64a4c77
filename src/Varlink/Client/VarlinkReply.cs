using Devices.Linux;

namespace Devices.Varlink;

/// <summary>What a method returned.</summary>
/// <typeparam name="T">The type of what it returns.</typeparam>
/// <param name="Value">What it returned.</param>
/// <param name="Descriptors">The descriptors that came with it, owned by the caller.</param>
public readonly record struct VarlinkReply<T>(T Value, IReadOnlyList<FileDescriptor> Descriptors);
