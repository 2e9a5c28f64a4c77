using System.Text.Json.Serialization;

namespace Devices.Broker;

/// <summary>How what is kept of a client is written; read strictly, since what is not as it was written was written by somebody else.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(LowerCaseEnumConverter<DeviceState>)])]
[JsonSerializable(typeof(ClientState))]
internal sealed partial class StateJson : JsonSerializerContext;
