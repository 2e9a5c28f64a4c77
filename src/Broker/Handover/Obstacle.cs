using Devices.Linux;

namespace Devices.Broker;

/// <summary>Why a device cannot go to a client yet.</summary>
/// <param name="Cause">What is in the way.</param>
/// <param name="Remedy">What ends that.</param>
/// <param name="Holders">The processes that have the device open, as far as they can be seen.</param>
internal sealed record Obstacle(string Cause, string Remedy, IReadOnlyList<FileHolder> Holders)
{
    /// <summary>Cause and holders: for a log.</summary>
    public override string ToString() => Holders.Count == 0 ? Cause : $"{Cause} Open in: {string.Join(", ", Holders)}.";
}
