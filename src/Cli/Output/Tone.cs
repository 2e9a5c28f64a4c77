namespace Devices.Cli;

/// <summary>How a piece of text is meant; a terminal shows it by colour, plain text not at all.</summary>
internal enum Tone
{
    /// <summary>As it is.</summary>
    Plain,
    /// <summary>In order.</summary>
    Good,
    /// <summary>In order as well, and told apart from the rest.</summary>
    Calm,
    /// <summary>Worth a look.</summary>
    Attention,
    /// <summary>In the way.</summary>
    Bad,
    /// <summary>Of little weight.</summary>
    Faint,
}
