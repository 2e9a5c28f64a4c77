using Devices.Linux;

namespace Devices.Broker;

/// <summary>A process that has a device open: <c>Holder</c> of the interface.</summary>
internal sealed record HolderReport(long Pid, string Command)
{
    internal static IReadOnlyList<HolderReport> Of(IEnumerable<FileHolder> holders) => [.. holders.Select(static holder => new HolderReport(holder.ProcessId, holder.Command))];
}
