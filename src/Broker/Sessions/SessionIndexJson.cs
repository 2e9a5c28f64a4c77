using System.Text.Json.Serialization;

namespace Devices.Broker;

/// <summary>How the sessions are written down; read strictly, as <see cref="StateJson"/> is.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(LowerCaseEnumConverter<SessionState>)])]
[JsonSerializable(typeof(SessionIndex))]
internal sealed partial class SessionIndexJson : JsonSerializerContext;
