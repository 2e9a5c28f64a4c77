using System.Text.Json;

namespace Devices.HwTests.Endurance;

/// <summary>What a kernel tells the next one by the host, past the toolkit: written before the freeze.</summary>
/// <param name="Round">How many kexecs there were when the next one has come.</param>
/// <param name="Seed">What all contents are made of.</param>
/// <param name="Devices">The devices that must come over, each with the tier.</param>
/// <param name="PreserveMs">How long preserving took, devices working, in milliseconds.</param>
internal sealed record EnduranceNote(int Round, ulong Seed, IReadOnlyDictionary<string, string> Devices, double PreserveMs)
{
    private const string FileName = "note.json";

    internal void Save(string directory) => File.WriteAllText(Path.Combine(directory, FileName), JsonSerializer.Serialize(this, EnduranceJson.Default.EnduranceNote));

    internal static EnduranceNote Load(string directory)
        => JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(directory, FileName)), EnduranceJson.Default.EnduranceNote) ?? throw new InvalidDataException($"{FileName} is empty");
}
