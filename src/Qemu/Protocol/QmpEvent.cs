using System.Text.Json;

namespace Devices.Qemu;

/// <summary>What QEMU tells of its own accord.</summary>
/// <param name="Name">Its name: <c>DEVICE_DELETED</c>.</param>
/// <param name="Data">What it carries; <see cref="JsonValueKind.Undefined"/> if nothing.</param>
public sealed record QmpEvent(string Name, JsonElement Data)
{
    /// <summary>A text of the data.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Null if there is none.</returns>
    public string? Text(string name) =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
