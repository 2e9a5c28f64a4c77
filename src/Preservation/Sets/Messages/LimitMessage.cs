namespace Devices.Preservation.Members;

/// <summary>What <c>Preserve</c> takes.</summary>
internal sealed record LimitMessage(long FreezeLimitMs);
