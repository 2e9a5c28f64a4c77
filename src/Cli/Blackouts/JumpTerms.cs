using System.Globalization;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>On what terms a jump may be made.</summary>
/// <param name="Limit">How long devices and other holders may take to come to rest.</param>
/// <param name="Deadline">How long the blackout may be; null for no matter how long.</param>
/// <param name="Expected">What the user says of the time from the jump on; null to go by what was measured.</param>
/// <param name="Last">The host's last blackout, or null.</param>
/// <param name="Watchdog">What resets the host if the next kernel does not come to its feet, or null.</param>
internal sealed record JumpTerms(TimeSpan Limit, TimeSpan? Deadline, TimeSpan? Expected, MeasuredBlackout? Last, JumpWatchdog? Watchdog = null)
{
    /// <summary>The freeze's share of the deadline: what the time from the jump on leaves of it.</summary>
    internal TimeSpan? FreezeShare => Deadline - Estimate(null).Rest;

    /// <summary>How long a device may take to come to rest: no longer than the freeze as a whole.</summary>
    internal TimeSpan FreezeLimit => FreezeShare is { } share && share < Limit && share > TimeSpan.Zero ? share : Limit;

    /// <summary>The longest of the members' last freezes; null where there are no members, or none has had one.</summary>
    internal TimeSpan? MembersFreeze { get; init; }

    /// <summary>The terms of a set's jump, once the set is planned: its members' last freezes count.</summary>
    internal JumpTerms With(PreservationSet planned) => this with { MembersFreeze = NamedMembers.LastFreezeOf(planned) };

    internal BlackoutEstimate Estimate(TimeSpan? rehearsed) => BlackoutEstimate.Of(rehearsed, Expected, Last, MembersFreeze);

    /// <summary>Refuses, before anything is touched, what can be told to be against the terms by then.</summary>
    /// <exception cref="UserException">It is.</exception>
    internal void RequireFeasible()
    {
        RequireInTime(rehearsed: null);
        Watchdog?.Require(Estimate(rehearsed: null));
    }

    /// <summary>Refuses what cannot be in time, as far as it is known.</summary>
    /// <param name="rehearsed">What the freeze took just now; null where it was not tried.</param>
    /// <exception cref="UserException">It cannot be, or nobody knows.</exception>
    internal void RequireInTime(TimeSpan? rehearsed)
    {
        if (Deadline is not { } deadline)
            return;
        var estimate = Estimate(rehearsed);
        if (estimate.Rest is not { } rest)
            throw new UserException("Whether the deadline can be met is not known: no blackout was measured on this host yet. Say how long it takes from the jump to the restored devices: --expect SECONDS.");
        var needed = (estimate.Freeze ?? TimeSpan.Zero) + rest;
        if (needed > deadline)
            throw new UserException($"The blackout would take {Seconds(needed)} and the deadline is {Seconds(deadline)}: nothing was frozen for the jump. Estimated of: {estimate.Basis}.");
    }

    /// <summary>Whether the freeze has left enough of the deadline for what comes after.</summary>
    /// <param name="took">What it took.</param>
    /// <exception cref="TimeoutException">It has not.</exception>
    internal void RequireShare(TimeSpan took)
    {
        if (FreezeShare is { } share && took > share)
            throw new TimeoutException($"The freeze took {Seconds(took)}, and the deadline leaves it {Seconds(share)}: the jump is not made.");
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000} s");
}
