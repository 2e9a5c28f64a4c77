namespace Devices.HwTests.Lab;

/// <summary>The machine that the tests run on, and the device that a test may take.</summary>
public static class Rig
{
    internal const string Variable = "DEVKEEP_HWTEST_BDF";

    /// <summary>Whether this is a guest of the lab, where every device may be taken.</summary>
    public static bool IsGuest { get; } = Environment.GetEnvironmentVariable("DEVKEEP_LAB_KERNEL") is not null;

    /// <summary>Whether devices of a real machine were given to the tests.</summary>
    public static bool IsNamed => Named.Length > 0;

    private static string[] Named { get; } =
        (Environment.GetEnvironmentVariable(Variable) ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The addresses of the devices that a test may take, by vendor and device id; a test on a real machine is skipped if there is none.</summary>
    /// <param name="ids">E.g. <c>1234:11e8</c>.</param>
    public static IReadOnlyList<string> ById(string ids) => Require(ids, address => $"{Read(address, "vendor")[2..]}:{Read(address, "device")[2..]}" == ids);

    /// <summary>The same by class code, e.g. <c>010802</c> for NVMe.</summary>
    /// <param name="code">Class, subclass and programming interface: six hex digits.</param>
    public static IReadOnlyList<string> ByClass(string code) => Require($"class {code}", address => Read(address, "class") == $"0x{code}");

    private static List<string> Require(string what, Predicate<string> matches)
    {
        var usable = IsGuest && !IsNamed ? Directory.EnumerateDirectories("/sys/bus/pci/devices").Select(path => Path.GetFileName(path)!) : Named;
        var found = usable.Where(address => matches(address)).Order(StringComparer.Ordinal).ToList();
        // In a guest that is the lab's fault: a skip would hide it.
        Assert.True(found.Count > 0 || IsNamed, $"this guest has no {what}: does the test name the right [Guest]?");
        Skip.If(found.Count == 0, $"{Variable}={string.Join(',', Named)}: none of them is {what}");
        return found;
    }

    private static string Read(string address, string attribute) => File.ReadAllText($"/sys/bus/pci/devices/{address}/{attribute}").Trim();
}
