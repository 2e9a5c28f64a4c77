using System.Text.Json.Serialization;

namespace Devices.Lab.Demo;

/// <summary>How the notes and the report are written.</summary>
[JsonSerializable(typeof(Notes))]
[JsonSerializable(typeof(Report))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
internal sealed partial class DemoJson : JsonSerializerContext;
