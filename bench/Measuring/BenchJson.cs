using System.Text.Json.Serialization;
using Devices.Bench.Report;

namespace Devices.Bench.Measuring;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Sample))]
[JsonSerializable(typeof(IReadOnlyList<FigureReport>))]
internal sealed partial class BenchJson : JsonSerializerContext;
