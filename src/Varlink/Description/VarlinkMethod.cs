namespace Devices.Varlink;

/// <summary>A method of an interface.</summary>
/// <param name="Name">Its name, without the interface's.</param>
/// <param name="Parameters">What it takes.</param>
/// <param name="Returns">What it returns.</param>
public sealed record VarlinkMethod(string Name, VarlinkType.Struct Parameters, VarlinkType.Struct Returns);
