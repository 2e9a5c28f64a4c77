using System.Text.Json.Serialization;

namespace Devices.LiveUpdate.Protocol;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(KeeperRequest))]
[JsonSerializable(typeof(KeeperReply))]
internal sealed partial class KeeperJson : JsonSerializerContext;
