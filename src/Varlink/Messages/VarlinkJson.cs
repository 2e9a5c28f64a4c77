using System.Text.Json.Serialization;

namespace Devices.Varlink;

/// <summary>How the messages that every service has are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InvalidParameterError))]
[JsonSerializable(typeof(InterfaceError))]
[JsonSerializable(typeof(MethodError))]
[JsonSerializable(typeof(ServiceInfo))]
[JsonSerializable(typeof(InterfaceRequest))]
[JsonSerializable(typeof(InterfaceReply))]
[JsonSerializable(typeof(NoParameters))]
internal sealed partial class VarlinkJson : JsonSerializerContext;
