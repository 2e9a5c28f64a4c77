using System.Text.Json;
using System.Text.Json.Serialization;

namespace Devices.Qemu;

/// <summary>How commands are written and their results read: as QEMU's schema has them, and only what is used of it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QmpRequest))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(FdName))]
[JsonSerializable(typeof(FdSet))]
[JsonSerializable(typeof(FdSet[]))]
[JsonSerializable(typeof(FdSetLabel))]
[JsonSerializable(typeof(IommufdObject))]
[JsonSerializable(typeof(ObjectId))]
[JsonSerializable(typeof(QomPath))]
[JsonSerializable(typeof(QomChild[]))]
[JsonSerializable(typeof(VfioDeviceArguments))]
[JsonSerializable(typeof(MigrationCapabilities))]
[JsonSerializable(typeof(MigrationParameters))]
[JsonSerializable(typeof(MigrationTarget))]
[JsonSerializable(typeof(MigrationStatus))]
[JsonSerializable(typeof(RunStatus))]
internal sealed partial class QmpJson : JsonSerializerContext;
