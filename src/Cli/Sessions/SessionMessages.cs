using System.Text.Json;
using System.Text.Json.Serialization;
using Devices.Varlink;

namespace Devices.Cli;

/// <summary>What goes to devkeepd and comes back, as its interface <c>io.devkeep.Sessions</c> has it; only what is used of it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(NoParameters))]
[JsonSerializable(typeof(ClientSessionList))]
[JsonSerializable(typeof(SessionParameter))]
[JsonSerializable(typeof(SessionContents))]
[JsonSerializable(typeof(RestoredSessionReply))]
internal sealed partial class SessionMessages : JsonSerializerContext;
