namespace Devices.Bench.Measuring;

/// <summary>One value of a figure.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Goal">What it is to reach; null where it only informs.</param>
internal sealed record Case(string Name, string Unit, Goal? Goal = null);
