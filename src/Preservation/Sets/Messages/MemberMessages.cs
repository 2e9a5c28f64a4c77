using System.Text.Json;
using System.Text.Json.Serialization;
using Devices.Varlink;

namespace Devices.Preservation.Members;

/// <summary>How what goes between a member and who jumps is written: <c>io.devkeep.Member</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LowerCase<MemberState>), typeof(LowerCase<PreservationTier>), typeof(LowerCase<FindingLevel>)])]
[JsonSerializable(typeof(NoParameters))]
[JsonSerializable(typeof(StatusMessage))]
[JsonSerializable(typeof(PlanMessage))]
[JsonSerializable(typeof(LimitMessage))]
[JsonSerializable(typeof(FrozenMessage))]
[JsonSerializable(typeof(RefusedMessage))]
[JsonSerializable(typeof(FailedMessage))]
[JsonSerializable(typeof(WrongStateMessage))]
internal sealed partial class MemberMessages : JsonSerializerContext
{
    /// <summary>An enum as Varlink writes it: its name in lower case.</summary>
    internal sealed class LowerCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        where T : struct, Enum;
}
