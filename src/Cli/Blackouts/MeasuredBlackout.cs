using System.Text.Json;
using Devices.Linux;

namespace Devices.Cli;

/// <summary>The blackout of the last restore on this host: what the next one is estimated from.</summary>
/// <param name="Time">When it was measured, UTC.</param>
/// <param name="Kernel">The release of the kernel that was jumped into.</param>
/// <param name="Devices">How many devices came over.</param>
/// <param name="Blackout">How long they did not serve.</param>
internal sealed record MeasuredBlackout(DateTimeOffset Time, string Kernel, int Devices, BlackoutResult Blackout)
{
    /// <summary>Where it is kept unless told otherwise.</summary>
    internal const string DefaultPath = "/var/lib/devkeep/blackout.json";

    /// <summary>The time from the jump to the devices' serving again.</summary>
    internal TimeSpan Rest => TimeSpan.FromMilliseconds(Blackout.TotalMs - Blackout.Phases.FreezeMs);

    /// <summary>Reads what was kept.</summary>
    /// <returns>The measurement; null if there is none.</returns>
    /// <exception cref="UserException">The file is there and is none of devkeep's.</exception>
    internal static MeasuredBlackout? Load(string path)
    {
        if (KernelFile.TryReadText(path, out var errno) is not { } text)
            return errno is Errno.ENOENT ? null : throw new LinuxException(errno, "open", path);
        try
        {
            if (JsonSerializer.Deserialize(text, DevkeepJson.Shapes.MeasuredBlackout) is { Blackout.Phases: not null } measured)
                return measured;
        }
        catch (JsonException)
        {
        }

        throw new UserException($"{path} is no measured blackout: remove it, and give --expect SECONDS.");
    }

    /// <summary>Keeps it in place of the one before. What fails is told, and stops nothing.</summary>
    internal void Save(string path, Action<string> complain)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var beside = $"{path}.new";
            File.WriteAllText(beside, JsonSerializer.Serialize(this, DevkeepJson.Shapes.MeasuredBlackout));
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            complain($"the measured blackout is not kept for estimates: {failure.Message}");
        }
    }
}
