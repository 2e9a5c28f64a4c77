using System.Text.Json;

namespace Devices.CloudHypervisor;

/// <summary>What <c>vm.info</c> returns, as far as it is used.</summary>
internal sealed record VmInfo(string State, VmConfig Config, IReadOnlyDictionary<string, JsonElement>? DeviceTree = null);
