namespace Devices.Cli;

/// <summary>An estimated blackout, in milliseconds; null where a part is not known.</summary>
/// <param name="TotalMs">All of it.</param>
/// <param name="FreezeMs">From the freeze's start to the jump.</param>
/// <param name="RestMs">From the jump to the devices' serving again.</param>
/// <param name="Basis">What it is made of, for people.</param>
internal sealed record EstimateResult(double? TotalMs, double? FreezeMs, double? RestMs, string Basis)
{
    internal static EstimateResult Of(BlackoutEstimate estimate) => new(Milliseconds.Of(estimate.Total), Milliseconds.Of(estimate.Freeze), Milliseconds.Of(estimate.Rest), estimate.Basis);
}
