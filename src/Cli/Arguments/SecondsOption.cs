using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Devices.Cli;

/// <summary>A time on the command line: seconds, with a fraction if need be.</summary>
internal static class SecondsOption
{
    private const double Longest = 3600;

    internal static Option<TimeSpan?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        CustomParser = Parse,
    };

    private static TimeSpan? Parse(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= Longest)
            return TimeSpan.FromSeconds(seconds);
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} takes more than 0 and at most {Longest} seconds.");
        return null;
    }
}
