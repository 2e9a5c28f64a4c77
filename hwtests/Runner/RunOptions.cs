namespace Devices.HwTests.Runner;

/// <summary>Which tests are meant.</summary>
internal sealed record RunOptions
{
    /// <summary>The guest that this is, or null: tests for any guest.</summary>
    public string? Guest { get; private init; }

    /// <summary>The pair over a kexec that this guest is for, or null: tests that stay in one kernel.</summary>
    public string? Kexec { get; private init; }

    /// <summary>Part of the tests' names.</summary>
    public string Filter { get; private init; } = "";

    /// <summary>A run's results, or null: the tests that ended in it are left out.</summary>
    public string? Ended { get; private init; }

    /// <summary>Tell of tests that pass, too.</summary>
    public bool Verbose { get; private init; }

    public static RunOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new RunOptions();
        for (; !arguments.IsEmpty; arguments = arguments[1..])
        {
            if (arguments[0] == "--verbose")
            {
                options = options with { Verbose = true };
                continue;
            }

            var (name, value) = arguments.Length >= 2 ? (arguments[0], arguments[1]) : throw new UsageException($"no such option, or no value: {arguments[0]}");
            options = name switch
            {
                "--guest" => options with { Guest = value },
                "--kexec" => options with { Kexec = value },
                "--filter" => options with { Filter = value },
                "--ended" => options with { Ended = value },
                _ => throw new UsageException($"no such option: {name}"),
            };
            arguments = arguments[1..];
        }

        return options;
    }
}
