namespace Devices.Qemu;

/// <summary>What <c>query-migrate</c> returns.</summary>
internal sealed record MigrationStatus(string? Status, string? ErrorDesc);
