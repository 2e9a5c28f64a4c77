namespace Devices.Qemu;

/// <summary>What <c>getfd</c> and <c>closefd</c> take.</summary>
internal sealed record FdName(string Fdname);
