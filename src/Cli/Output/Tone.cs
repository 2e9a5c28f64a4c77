namespace Devices.Cli;

/// <summary>How a piece of text is meant; a terminal shows it by colour, plain text not at all.</summary>
internal enum Tone
{
    /// <summary>As it is.</summary>
    Plain,
    /// <summary>In order.</summary>
    Good,
    /// <summary>Worth a look.</summary>
    Attention,
    /// <summary>In the way.</summary>
    Bad,
    /// <summary>Of little weight.</summary>
    Faint,
}
