namespace Devices.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal interface IHasExamples
{
    IReadOnlyList<CommandExample> Examples { get; }
}
