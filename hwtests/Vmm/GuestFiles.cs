namespace Devices.HwTests.Vmm;

/// <summary>What a guest in QEMU boots, for whoever knows the folder.</summary>
/// <param name="Folder">The folder of a <see cref="GuestImage"/>.</param>
internal readonly record struct GuestFiles(string Folder)
{
    internal string Kernel => Path.Combine(Folder, "kernel");

    internal string Initramfs => Path.Combine(Folder, "initramfs");
}
