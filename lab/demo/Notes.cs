using System.Text.Json;

namespace Devices.Lab.Demo;

/// <summary>What the first half leaves for the second to compare with, apart from what the toolkit itself carries over.</summary>
/// <param name="Nvme">The NVMe controller's address.</param>
/// <param name="Edu">The edu device's address.</param>
/// <param name="Devices">What was found of each.</param>
/// <param name="RecordBytes">Each device's part of the state record, by address.</param>
/// <param name="EduFactorial">What edu's factorial register held.</param>
/// <param name="PreserveMs">How long preserving took, devices working, in milliseconds.</param>
internal sealed record Notes(string Nvme, string Edu, IReadOnlyList<Inventory> Devices, IReadOnlyDictionary<string, int> RecordBytes, uint EduFactorial, double PreserveMs)
{
    private const string FileName = "notes.json";

    internal void Save(string results) => File.WriteAllText(Path.Combine(results, FileName), JsonSerializer.Serialize(this, DemoJson.Default.Notes));

    internal static Notes Load(string results)
        => JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(results, FileName)), DemoJson.Default.Notes) ?? throw new InvalidDataException($"{FileName} is empty");
}

