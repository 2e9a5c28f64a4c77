using Devices.Linux;

namespace Devices.Tests.CloudHypervisor;

/// <summary>A request as it came; the descriptors are the receiver's.</summary>
internal sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body, IReadOnlyList<FileDescriptor> Descriptors);
