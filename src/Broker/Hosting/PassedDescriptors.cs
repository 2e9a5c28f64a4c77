using Devices.Linux;

namespace Devices.Broker;

/// <summary>What the service manager passed to the service, told apart.</summary>
/// <param name="Sockets">Sockets to listen on.</param>
/// <param name="Kept">What earlier runs gave it to keep.</param>
/// <param name="Unknown">The names of what else it keeps: another release's, for which it is left there.</param>
internal sealed record PassedDescriptors(IReadOnlyList<FileDescriptor> Sockets, IReadOnlyList<PassedFd> Kept, IReadOnlyList<string> Unknown)
{
    private const string SocketTarget = "socket:";

    /// <summary>Takes all of it, once.</summary>
    /// <exception cref="LinuxException">The manager told of what is not open.</exception>
    internal static PassedDescriptors Take()
    {
        var passed = ServiceManager.TakeListenFds();
        PassedFd[] kept = [.. passed.Where(ClientRecords.Named)];
        var rest = passed.Except(kept).ToLookup(static each => each.Fd.LinkTarget.StartsWith(SocketTarget, StringComparison.Ordinal));
        foreach (var (_, fd) in rest[false]) fd.Dispose();
        return new PassedDescriptors([.. rest[true].Select(static each => each.Fd)], kept, [.. rest[false].Select(static each => each.Name)]);
    }
}
