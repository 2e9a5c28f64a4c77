namespace Devices.Broker;

/// <summary>A rule of the policy: to whom it gives what. Whom it is about has to be all that it names.</summary>
/// <param name="Name">What the log calls it.</param>
/// <param name="User">The client's user id, or null for any.</param>
/// <param name="Group">A group id that the client is in, or null for any.</param>
/// <param name="Unit">The systemd unit that the client is in, or null for any; <c>name@.service</c> stands for all instances of that template.</param>
/// <param name="Devices">The devices that it gives.</param>
/// <param name="MemoryBytes">The memory that it gives to all of its clients together.</param>
/// <param name="Sessions">How many sessions of live update all of its clients may have together.</param>
/// <param name="SessionMemoryBytes">The memory that these may have together.</param>
internal sealed record AccessRule(string Name, uint? User, uint? Group, string? Unit, IReadOnlyList<DeviceSelector> Devices, long MemoryBytes, int Sessions = 0, long SessionMemoryBytes = 0)
{
    internal bool IsAbout(ClientIdentity client) =>
        (User is not { } user || user == client.UserId)
        && (Group is not { } group || client.Groups.Contains(group))
        && (Unit is null || (client.Unit is { } unit && (unit == Unit || SystemdUnit.TemplateOf(unit) == Unit)));

    internal bool Gives(DeviceFacts device) => Devices.Any(selector => selector.Selects(device));
}
