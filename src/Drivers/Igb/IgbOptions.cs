namespace Devices.Drivers;

/// <summary>How an 82576 is brought up.</summary>
public sealed record IgbOptions
{
    internal const int MaxFramesInFlight = 256;

    /// <summary>
    /// Frames that are given to the device at once, 1 to 256: one write of its tail registers, and one wait, for up to
    /// <see cref="IgbDevice.BytesPerFrame"/> bytes each.
    /// </summary>
    public int FramesInFlight { get; init; } = 32;

    /// <summary>How long the frames that were given at once may take, and how long quiescing waits for a copy under way.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of DMA memory that a device with these options needs, a multiple of 4096.</summary>
    /// <exception cref="InvalidOperationException">An option is out of its range.</exception>
    public ulong RequiredMemory => IgbMemoryLayout.For(this).Length;

    internal void Validate()
    {
        if (FramesInFlight is < 1 or > MaxFramesInFlight) throw Wrong($"{nameof(FramesInFlight)} of {FramesInFlight} is not in 1 to {MaxFramesInFlight}");
        if (Timeout <= TimeSpan.Zero) throw Wrong($"{nameof(Timeout)} of {Timeout} leaves a copy no time");
    }

    private static InvalidOperationException Wrong(string problem) => new($"The options cannot be used: {problem}.");
}
