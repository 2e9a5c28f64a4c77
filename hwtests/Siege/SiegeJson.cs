using System.Text.Json.Serialization;

namespace Devices.HwTests.Siege;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SiegeRound))]
internal sealed partial class SiegeJson : JsonSerializerContext;
