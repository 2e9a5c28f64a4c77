using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Broker;

/// <summary>What the service manager passed to the service, told apart.</summary>
/// <param name="Sockets">Sockets to listen on.</param>
/// <param name="Kept">What earlier runs gave it to keep of their clients.</param>
/// <param name="Keeper">What earlier runs' keeper gave it.</param>
/// <param name="Unknown">The names of what else it keeps: another release's, for which it is left there.</param>
internal sealed record PassedDescriptors(IReadOnlyList<FileDescriptor> Sockets, IReadOnlyList<PassedFd> Kept, IReadOnlyList<PassedFd> Keeper, IReadOnlyList<string> Unknown)
{
    private const string SocketTarget = "socket:";

    /// <summary>Takes all of it, once.</summary>
    /// <exception cref="LinuxException">The manager told of what is not open.</exception>
    internal static PassedDescriptors Take()
    {
        var passed = ServiceManager.TakeListenFds();
        PassedFd[] kept = [.. passed.Where(ClientRecords.Named)];
        PassedFd[] keeper = [.. passed.Where(InProcessKeeper.Kept)];
        var rest = passed.Except(kept).Except(keeper).ToLookup(static each => each.Fd.LinkTarget.StartsWith(SocketTarget, StringComparison.Ordinal));
        foreach (var (_, fd) in rest[false]) fd.Dispose();
        return new PassedDescriptors([.. rest[true].Select(static each => each.Fd)], kept, keeper, [.. rest[false].Select(static each => each.Name)]);
    }
}
