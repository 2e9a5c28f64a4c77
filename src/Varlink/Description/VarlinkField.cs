namespace Devices.Varlink;

/// <summary>A field of a struct, of a method's parameters or of what it returns.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
public sealed record VarlinkField(string Name, VarlinkType Type);
