namespace Devices.Cli;

/// <summary>A session of devkeepd's.</summary>
/// <param name="Name">Its name.</param>
/// <param name="KernelName">By which the kernel and <c>devkeep status</c> know it.</param>
/// <param name="State"><c>preserved</c>, <c>frozen</c>, <c>arrived</c> or <c>restored</c>.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Unit">The systemd unit whose it is, or null.</param>
/// <param name="Memory">Its memory.</param>
/// <param name="Devices">The addresses of its devices, which are reset at the jump.</param>
internal sealed record SessionResult(string Name, string KernelName, string State, long User, string? Unit, IReadOnlyList<SessionMemoryResult> Memory, IReadOnlyList<string> Devices)
{
    internal static SessionResult Of(ClientSession session) => new(
        session.Name,
        session.KernelName,
        session.State,
        session.User,
        session.Unit,
        [.. session.Memory.Select(static memory => new SessionMemoryResult(memory.Name, (ulong)memory.Size))],
        [.. session.Devices.Select(static device => device.Address)]);
}
