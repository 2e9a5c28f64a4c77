using System.Globalization;

namespace Devices.Cli;

/// <summary>Shows what was seen, a line each.</summary>
internal static class ConfigWatchView
{
    internal static Report Render(ConfigWatchEvent seen)
    {
        var time = seen.Time.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        return new Report().Line(seen switch
        {
            { Event: "gone" } => new Cell($"{time}  {seen.Address} no longer answers", Tone.Bad),
            { Event: "back" } => new Cell($"{time}  {seen.Address} answers again", Tone.Attention),
            { Fields.Count: > 0 } => $"{time}  {seen.Name} ({seen.Offset}): {seen.Before} -> {seen.After}  {RegisterFieldChange.InWords(seen.Fields)}",
            _ => $"{time}  {seen.Name} ({seen.Offset}): {seen.Before} -> {seen.After}",
        });
    }
}
