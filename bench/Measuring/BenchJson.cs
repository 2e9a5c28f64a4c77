using System.Text.Json.Serialization;
using Devices.Bench.Report;

namespace Devices.Bench.Measuring;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Sample))]
[JsonSerializable(typeof(IReadOnlyList<Comparison>))]
internal sealed partial class BenchJson : JsonSerializerContext;
