using System.Text.Json.Serialization;

namespace Devices.Broker;

/// <summary>How what is kept of clients and of their sessions is written; read strictly, since what is not as it was written was written by somebody else.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(LowerCaseEnumConverter<DeviceState>), typeof(LowerCaseEnumConverter<SessionState>)])]
[JsonSerializable(typeof(ClientState))]
[JsonSerializable(typeof(SessionIndex))]
internal sealed partial class StateJson : JsonSerializerContext;
