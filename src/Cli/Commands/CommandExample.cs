namespace Devices.Cli;

/// <summary>An example of a command's help.</summary>
/// <param name="CommandLine">What to type, without the program's name.</param>
/// <param name="Meaning">What it does.</param>
internal readonly record struct CommandExample(string CommandLine, string Meaning);
