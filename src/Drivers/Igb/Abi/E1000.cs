namespace Devices.Drivers.Abi;

/// <summary>
/// Registers in BAR 0, their bits, and bits of descriptors: <c>E1000_*</c> of the kernel's e1000_regs.h, e1000_defines.h and e1000_82575.h.
/// Of registers that there are for each queue, those of queue 0.
/// </summary>
internal static class E1000
{
    internal const uint CTRL = 0x00000;
    internal const uint CTRL_FD = 1 << 0;
    internal const uint CTRL_GIO_MASTER_DISABLE = 1 << 2;
    internal const uint CTRL_SLU = 1 << 6;
    internal const uint CTRL_SPD_SEL = 3 << 8;
    internal const uint CTRL_SPD_1000 = 2 << 8;
    internal const uint CTRL_FRCSPD = 1 << 11;
    internal const uint CTRL_FRCDPX = 1 << 12;
    internal const uint CTRL_RST = 1 << 26;

    internal const uint STATUS = 0x00008;
    internal const uint STATUS_LU = 1 << 1;
    internal const uint STATUS_GIO_MASTER_ENABLE = 1 << 19;

    internal const uint EECD = 0x00010;
    internal const uint EECD_AUTO_RD = 1 << 9;

    internal const uint CTRL_EXT = 0x00018;
    internal const uint CTRL_EXT_LINK_MODE_MASK = 3 << 22;
    internal const uint CTRL_EXT_DRV_LOAD = 1 << 28;

    internal const uint MDIC = 0x00020;
    internal const int MDIC_REG_SHIFT = 16;
    internal const int MDIC_PHY_SHIFT = 21;
    internal const uint MDIC_OP_WRITE = 1 << 26;
    internal const uint MDIC_READY = 1 << 28;
    internal const uint MDIC_ERROR = 1 << 30;

    internal const uint IMC = 0x000d8;

    internal const uint RCTL = 0x00100;
    internal const uint RCTL_EN = 1 << 1;
    internal const uint RCTL_UPE = 1 << 3;
    internal const uint RCTL_LPE = 1 << 5;
    internal const uint RCTL_LBM_MAC = 1 << 6;
    internal const uint RCTL_SECRC = 1 << 26;

    internal const uint TCTL = 0x00400;
    internal const uint TCTL_EN = 1 << 1;
    internal const uint TCTL_PSP = 1 << 3;

    internal const uint GPIE = 0x01514;
    internal const uint GPIE_MSIX_MODE = 1 << 4;
    internal const uint GPIE_PBA = 1U << 31;
    internal const uint EICS = 0x01520;
    internal const uint EIMS = 0x01524;
    internal const uint EIMC = 0x01528;
    internal const uint EIAC = 0x0152c;
    internal const uint IVAR0 = 0x01700;
    internal const uint IVAR_VALID = 0x80;

    internal const uint RDBAL = 0x02800;
    internal const uint RDBAH = 0x02804;
    internal const uint RDLEN = 0x02808;
    internal const uint SRRCTL = 0x0280c;
    internal const uint SRRCTL_DESCTYPE_ADV_ONEBUF = 0x02000000;
    internal const uint RDH = 0x02810;
    internal const uint RDT = 0x02818;
    internal const uint RXDCTL = 0x02828;
    internal const uint RXDCTL_QUEUE_ENABLE = 1 << 25;

    internal const uint TDBAL = 0x03800;
    internal const uint TDBAH = 0x03804;
    internal const uint TDLEN = 0x03808;
    internal const uint TDH = 0x03810;
    internal const uint TDT = 0x03818;
    internal const uint TXDCTL = 0x03828;
    internal const uint TXDCTL_QUEUE_ENABLE = 1 << 25;

    internal const uint RLPML = 0x05004;
    internal const uint GCR = 0x05b00;
    internal const uint GCR_CMPL_TMOUT_RESEND = 1 << 16;

    internal const uint ADVTXD_DTYP_DATA = 0x00300000;
    internal const uint ADVTXD_DCMD_EOP = 1 << 24;
    internal const uint ADVTXD_DCMD_IFCS = 1 << 25;
    internal const uint ADVTXD_DCMD_RS = 1 << 27;
    internal const uint ADVTXD_DCMD_DEXT = 1 << 29;
    internal const int ADVTXD_PAYLEN_SHIFT = 14;
    internal const uint TXD_STAT_DD = 1 << 0;

    internal const uint RXD_STAT_DD = 1 << 0;
    internal const uint RXD_STAT_EOP = 1 << 1;
    internal const uint RXDEXT_ERR_FRAME_ERR_MASK = 0x97000000;
}
