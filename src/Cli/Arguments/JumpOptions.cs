using System.CommandLine;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What the commands take that jump: how long it may take, and what watches over it.</summary>
internal sealed class JumpOptions
{
    private static readonly TimeSpan s_watchdogTimeout = TimeSpan.FromMinutes(2);

    private readonly Option<TimeSpan?> _limit = SecondsOption.Create("--freeze-limit", "How long devices and other holders may take to come to rest [default: 10]");
    private readonly Option<TimeSpan?> _deadline = SecondsOption.Create("--deadline", "How long the blackout may be: refused before the freeze if it cannot be met as far as is known, thawed if the freeze overruns its share");
    private readonly Option<TimeSpan?> _expected = SecondsOption.Create("--expect", "How long it takes from the jump until the devices serve again, for the deadline [default: as the last time on this host]");
    private readonly Option<string> _measured = MeasuredOption.Create();
    private readonly Option<string?> _watchdog = JumpWatchdog.CreateOption("A hardware watchdog to start before the freeze and to leave running over the jump: a next kernel that hangs ends in a reset");
    private readonly Option<TimeSpan?> _watchdogTimeout = SecondsOption.Create("--watchdog-timeout", "How long it waits, in whole seconds [default: 120]");

    internal JumpOptions(Command command)
    {
        command.Options.Add(_limit);
        command.Options.Add(_deadline);
        command.Options.Add(_expected);
        command.Options.Add(_measured);
        command.Options.Add(_watchdog);
        command.Options.Add(_watchdogTimeout);
    }

    internal JumpTerms Read(ParseResult parsed) => new(
        parsed.GetValue(_limit) ?? PreservationRequest.DefaultFreezeLimit,
        parsed.GetValue(_deadline),
        parsed.GetValue(_expected),
        MeasuredBlackout.Load(parsed.GetRequiredValue(_measured)),
        parsed.GetValue(_watchdog) is { } path ? new JumpWatchdog(path, parsed.GetValue(_watchdogTimeout) ?? s_watchdogTimeout) : null);
}
