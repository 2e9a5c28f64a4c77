namespace Devices.Drivers.Abi;

/// <summary>I/O commands: <c>enum nvme_opcode</c> of linux/nvme.h.</summary>
internal enum nvme_opcode : byte
{
    nvme_cmd_flush = 0x00,
    nvme_cmd_write = 0x01,
    nvme_cmd_read = 0x02,
}
