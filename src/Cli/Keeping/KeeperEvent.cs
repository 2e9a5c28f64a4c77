namespace Devices.Cli;

/// <summary>What <c>devkeep keeper</c> says.</summary>
/// <param name="Event"><c>ready</c> or <c>stopped</c>.</param>
/// <param name="Socket">The keeper's socket.</param>
/// <param name="Pid">Its process, when it is ready.</param>
internal sealed record KeeperEvent(string Event, string Socket, int? Pid);
