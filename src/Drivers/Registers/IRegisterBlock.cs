namespace Devices.Drivers;

/// <summary>A device's registers, as its driver sees them: a BAR, or a model of the device in the drivers' tests.</summary>
internal interface IRegisterBlock : IDisposable
{
    /// <summary>Length in bytes.</summary>
    ulong Length { get; }

    /// <summary>Reads 32 bits, once, in program order.</summary>
    uint ReadUInt32(uint offset);

    /// <summary>Writes 32 bits, once, in program order.</summary>
    void WriteUInt32(uint offset, uint value);
}
