using System.Globalization;

namespace Devices.Cli;

/// <summary>Shows an estimated blackout.</summary>
internal static class EstimateView
{
    internal static string Text(EstimateResult estimate) => estimate.TotalMs is { } total
        ? $"{Ms(total)}, of it {Ms(estimate.FreezeMs)} freeze"
        : $"freeze {Ms(estimate.FreezeMs)}, from the jump on {Ms(estimate.RestMs)}";

    private static string Ms(double? value) => value is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.0} ms") : "not known";
}
