using System.Text.Json;

namespace Devices.Qemu;

/// <summary>A command as it goes to QEMU.</summary>
internal sealed record QmpRequest(string Execute, JsonElement? Arguments, long Id);
