namespace Devices.Drivers;

/// <summary>Register offsets in BAR 0 (QEMU, "EDU device"). Below 0x80 only accesses of 32 bits are answered.</summary>
internal static class EduRegister
{
    internal const uint Identification = 0x00;
    internal const uint Liveness = 0x04;
    internal const uint Factorial = 0x08;
    internal const uint Status = 0x20;
    internal const uint InterruptStatus = 0x24;
    internal const uint InterruptRaise = 0x60;
    internal const uint InterruptAcknowledge = 0x64;
    internal const uint DmaSource = 0x80;
    internal const uint DmaDestination = 0x88;
    internal const uint DmaCount = 0x90;
    internal const uint DmaCommand = 0x98;
    internal const ulong MinLength = DmaCommand + sizeof(uint);

    /// <summary>Where the device's buffer lies in the address space of its DMA engine.</summary>
    internal const uint Buffer = 0x40000;

    internal const uint StatusComputing = 0x01;
    internal const uint StatusInterruptAfterFactorial = 0x80;
    internal const uint FactorialInterrupt = 0x001;
    internal const uint DmaInterrupt = 0x100;
    internal const uint DmaRun = 0x1;
    internal const uint DmaToMemory = 0x2;
    internal const uint DmaRaiseInterrupt = 0x4;
}
