namespace Devices.Pci;

/// <summary>A dword of a saved cache.</summary>
/// <param name="Dword">Its number.</param>
/// <param name="Constants">Which of its bytes were cached and constant, a bit each.</param>
/// <param name="Value">Its value when it was read.</param>
internal readonly record struct SavedDword(ushort Dword, byte Constants, uint Value);
