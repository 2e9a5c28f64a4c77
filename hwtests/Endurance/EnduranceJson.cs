using System.Text.Json.Serialization;

namespace Devices.HwTests.Endurance;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EnduranceNote))]
[JsonSerializable(typeof(RoundResult))]
[JsonSerializable(typeof(IReadOnlyList<CaseReport>))]
internal sealed partial class EnduranceJson : JsonSerializerContext;
