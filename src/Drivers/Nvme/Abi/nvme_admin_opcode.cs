namespace Devices.Drivers.Abi;

/// <summary>Admin commands: <c>enum nvme_admin_opcode</c> of linux/nvme.h.</summary>
internal enum nvme_admin_opcode : byte
{
    nvme_admin_delete_sq = 0x00,
    nvme_admin_create_sq = 0x01,
    nvme_admin_delete_cq = 0x04,
    nvme_admin_create_cq = 0x05,
    nvme_admin_identify = 0x06,
    nvme_admin_set_features = 0x09,
    nvme_admin_get_features = 0x0a,
}
