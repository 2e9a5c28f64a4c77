using System.Text.Json;
using System.Text.Json.Serialization;

namespace Devices.Broker;

/// <summary>An enum as Varlink writes it: its name in lower case.</summary>
internal sealed class LowerCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
