using System.Text.Json.Serialization;
using Devices.Preservation;
using Devices.Varlink;

namespace Devices.Broker;

/// <summary>How what goes over the socket about sessions is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LowerCaseEnumConverter<SessionState>), typeof(LowerCaseEnumConverter<KeptTier>), typeof(LowerCaseEnumConverter<FindingLevel>)])]
[JsonSerializable(typeof(NoParameters))]
[JsonSerializable(typeof(SessionContent))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(PlanReply))]
[JsonSerializable(typeof(PreserveReply))]
[JsonSerializable(typeof(FreezeReply))]
[JsonSerializable(typeof(ThawReply))]
[JsonSerializable(typeof(RestoreReply))]
[JsonSerializable(typeof(SessionsReply))]
[JsonSerializable(typeof(SessionErrorReport))]
[JsonSerializable(typeof(WrongStateReport))]
[JsonSerializable(typeof(SessionNotReadyReport))]
[JsonSerializable(typeof(RefusedReport))]
[JsonSerializable(typeof(LimitReport))]
internal sealed partial class SessionsJson : JsonSerializerContext;
