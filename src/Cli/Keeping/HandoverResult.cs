using Devices.LiveUpdate;

namespace Devices.Cli;

/// <summary>Kexec Handover and live update of the running kernel.</summary>
/// <param name="Kho">Whether KHO is on.</param>
/// <param name="LiveUpdate">Whether the Live Update Orchestrator is on.</param>
/// <param name="Formats">The formats that it hands over in; null members are not known.</param>
/// <param name="ScratchBytes">The scratch memory into which the next kernel must fit; null where it is not known.</param>
/// <param name="Problems">What stands in the way, each with its way out.</param>
internal sealed record HandoverResult(bool Kho, bool LiveUpdate, FormatsResult Formats, ulong? ScratchBytes, IReadOnlyList<string> Problems)
{
    internal static HandoverResult Of(HandoverState state) => new(
        state.KhoEnabled,
        state.LiveUpdateEnabled,
        new FormatsResult(state.Abi.Kho, state.Abi.Luo, state.Abi.Memfd),
        state.ScratchAreas?.Aggregate(0UL, static (sum, area) => sum + area.Length),
        state.Problems);
}
