using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Devices.Cli;

/// <summary>The JSON of <c>--json</c>. Members are only ever added; names and meanings stay (docs/devkeep.md).</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(DeviceList))]
[JsonSerializable(typeof(DeviceDetail))]
[JsonSerializable(typeof(InventoryResult))]
[JsonSerializable(typeof(ProbeResult))]
[JsonSerializable(typeof(BindingResult))]
[JsonSerializable(typeof(SriovList))]
[JsonSerializable(typeof(SriovChange))]
[JsonSerializable(typeof(RunPlanResult))]
[JsonSerializable(typeof(VmmPlugResult))]
[JsonSerializable(typeof(VmmUnplugResult))]
[JsonSerializable(typeof(VmmStateResult))]
[JsonSerializable(typeof(ConfigDumpResult))]
[JsonSerializable(typeof(ConfigReadResult))]
[JsonSerializable(typeof(ConfigWriteResult))]
[JsonSerializable(typeof(ConfigDiffResult))]
[JsonSerializable(typeof(ConfigWatchEvent))]
[JsonSerializable(typeof(ConfigMapResult))]
[JsonSerializable(typeof(CacheStatsResult))]
[JsonSerializable(typeof(CacheVerifyResult))]
[JsonSerializable(typeof(CacheClearResult))]
[JsonSerializable(typeof(MemoryCreateResult))]
[JsonSerializable(typeof(MemoryListResult))]
[JsonSerializable(typeof(MemoryRemoveResult))]
[JsonSerializable(typeof(KeeperEvent))]
[JsonSerializable(typeof(AdoptedSessionResult))]
[JsonSerializable(typeof(PreflightResult))]
[JsonSerializable(typeof(PreserveResult))]
[JsonSerializable(typeof(UpdatePlanResult))]
[JsonSerializable(typeof(MeasuredBlackout))]
[JsonSerializable(typeof(AuditLine))]
[JsonSerializable(typeof(RehearsalResult))]
[JsonSerializable(typeof(RestoreResult))]
[JsonSerializable(typeof(DiscardResult))]
[JsonSerializable(typeof(SessionListResult))]
[JsonSerializable(typeof(StatusResult))]
[JsonSerializable(typeof(RecordResult))]
[JsonSerializable(typeof(RecordVersionsResult))]
internal sealed partial class DevkeepJson : JsonSerializerContext
{
    /// <summary>The shapes: names in snake case, indented, quotes and arrows left readable.</summary>
    internal static DevkeepJson Shapes { get; } = Create(indented: true);

    /// <summary>The same, each object on a line of its own: for what a running command tells.</summary>
    internal static DevkeepJson Lines { get; } = Create(indented: false);

    private static DevkeepJson Create(bool indented) => new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = indented,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
