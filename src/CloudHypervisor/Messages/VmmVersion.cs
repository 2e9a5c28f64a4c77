namespace Devices.CloudHypervisor;

/// <summary>Which Cloud Hypervisor it is (<c>VmmPingResponse</c>).</summary>
/// <param name="Version">Its version: <c>v53.0</c>.</param>
/// <param name="BuildVersion">That of the build, or null.</param>
/// <param name="Pid">Its process, or null if it does not tell.</param>
public sealed record VmmVersion(string Version, string? BuildVersion = null, long? Pid = null);
