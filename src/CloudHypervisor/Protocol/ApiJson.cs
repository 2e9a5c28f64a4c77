using System.Text.Json.Serialization;

namespace Devices.CloudHypervisor;

/// <summary>How requests are written and their results read: as Cloud Hypervisor's OpenAPI description has them, and only what is used of it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DeviceConfig))]
[JsonSerializable(typeof(RemovedDevice))]
[JsonSerializable(typeof(SnapshotConfig))]
[JsonSerializable(typeof(RestoreConfig))]
[JsonSerializable(typeof(PlacedDevice))]
[JsonSerializable(typeof(VmInfo))]
[JsonSerializable(typeof(VmmVersion))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ApiJson : JsonSerializerContext;
