using Devices.Linux;

namespace Devices.Varlink;

/// <summary>How Varlink frames its messages: JSON, each ended by a NUL.</summary>
internal static class VarlinkStream
{
    internal static MessageStream Over(UnixStream socket, int maxBytes, int maxDescriptors)
        => new(socket, terminator: 0, maxBytes, maxDescriptors, static problem => new VarlinkProtocolException(problem));
}
