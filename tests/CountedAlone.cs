namespace Devices.Tests;

/// <summary>Tests that count what this process has open: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CountedAlone
{
    internal const string Name = "counted alone";
}
