namespace Devices.Cli;

/// <summary>A session that the keeper took from somebody else.</summary>
/// <param name="Session">Its name: the kernel's.</param>
/// <param name="Socket">Where the keeper listens.</param>
internal sealed record AdoptedSessionResult(string Session, string Socket);
