namespace Devices.Cli;

/// <summary>devkeep itself refuses: what, why and the way out, in words for the user.</summary>
/// <param name="message">The whole message.</param>
internal sealed class UserException(string message) : Exception(message);
