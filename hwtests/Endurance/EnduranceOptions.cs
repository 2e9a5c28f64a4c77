using System.Globalization;
using Devices.HwTests.Runner;

namespace Devices.HwTests.Endurance;

/// <summary>What a run over many kexecs keeps, and how many they are. The same in every kernel of the run.</summary>
internal sealed record EnduranceOptions
{
    /// <summary>More would not fit on a disk of the lab's, where each round has a place of its own.</summary>
    private const int MostRounds = 200;

    /// <summary>How many kexecs.</summary>
    public int Rounds { get; private init; } = 20;

    /// <summary>Memory that is mapped for the devices, in MiB.</summary>
    public int MemoryMiB { get; private init; } = 16;

    /// <summary>Memory by name, beside the devices, in MiB.</summary>
    public int NamedMiB { get; private init; } = 4;

    /// <summary>What each queue pair of an NVMe controller writes in a round, in KiB.</summary>
    public int WriteKiB { get; private init; } = 256;

    /// <summary>Whether the queue pairs write on until the freeze stops them.</summary>
    public bool Busy { get; private init; }

    internal static EnduranceOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new EnduranceOptions();
        for (; !arguments.IsEmpty; arguments = arguments[1..])
        {
            if (arguments[0] == "--busy")
            {
                options = options with { Busy = true };
                continue;
            }

            if (arguments.Length < 2 || !int.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
                throw new UsageException($"no such option, or no number: {arguments[0]}");
            options = arguments[0] switch
            {
                "--rounds" when number <= MostRounds => options with { Rounds = number },
                "--rounds" => throw new UsageException($"--rounds {number}: at most {MostRounds}"),
                "--memory" => options with { MemoryMiB = number },
                "--named" => options with { NamedMiB = number },
                "--write" => options with { WriteKiB = number },
                _ => throw new UsageException($"no such option: {arguments[0]}"),
            };
            arguments = arguments[1..];
        }

        return options;
    }
}
