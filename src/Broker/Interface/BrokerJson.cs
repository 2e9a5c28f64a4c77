using System.Text.Json.Serialization;
using Devices.Varlink;

namespace Devices.Broker;

/// <summary>How what goes over the socket is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LowerCaseEnumConverter<DeviceState>), typeof(LowerCaseEnumConverter<Happening>)])]
[JsonSerializable(typeof(NoParameters))]
[JsonSerializable(typeof(DeviceNames))]
[JsonSerializable(typeof(DeviceReports))]
[JsonSerializable(typeof(OpenReply))]
[JsonSerializable(typeof(MemoryRequest))]
[JsonSerializable(typeof(MemoryReply))]
[JsonSerializable(typeof(ResumeReply))]
[JsonSerializable(typeof(StatusReply))]
[JsonSerializable(typeof(EventReply))]
[JsonSerializable(typeof(ErrorReport))]
[JsonSerializable(typeof(NotReadyReport))]
[JsonSerializable(typeof(LimitReport))]
internal sealed partial class BrokerJson : JsonSerializerContext;
