namespace Devices.Cli;

/// <summary>A cell of a table.</summary>
/// <param name="Text">Its text; <c>-</c> stands for nothing.</param>
/// <param name="Tone">How it is meant.</param>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    /// <summary>The cell of a value that is not there.</summary>
    internal static Cell None { get; } = new("-", Tone.Faint);

    public static implicit operator Cell(string? text) => text is null ? None : new Cell(text);
}
