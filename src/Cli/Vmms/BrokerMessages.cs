using System.Text.Json;
using System.Text.Json.Serialization;

namespace Devices.Cli;

/// <summary>What goes to devkeepd and comes back, as its interface <c>io.devkeep.Devices</c> has it; only what is used of it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(BrokerDeviceNames))]
[JsonSerializable(typeof(BrokerOpened))]
[JsonSerializable(typeof(BrokerMemoryRequest))]
[JsonSerializable(typeof(BrokerMemory))]
internal sealed partial class BrokerMessages : JsonSerializerContext;
