using System.Diagnostics;
using Devices.Drivers.Abi;
using Devices.Iommufd;
using Devices.Pci;

namespace Devices.Drivers;

/// <summary>The registers of an 82576: how it is stopped and set up, and that an answer of all ones is none.</summary>
internal sealed class IgbRegisters : IDisposable
{
    /// <summary>Bit of vector 0 in EIMS, EIAC and the like.</summary>
    private const uint Vector = 1;
    private const uint PhyAddress = 1;
    private const uint BasicControl = 0; // MII_BMCR
    private const uint AutoNegotiate = 0x1000 | 0x0200; // BMCR_ANENABLE, BMCR_ANRESTART
    private const uint Loopback = 0x4000 | 0x0100 | 0x0040; // BMCR_LOOPBACK, BMCR_FULLDPLX, BMCR_SPEED1000
    private const uint MaxFrameBytes = 0x2600; // 9.5 KiB, what the device can do
    private const ulong MinLength = 0x10000;
    private static readonly TimeSpan s_linkLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_resetTime = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// What is saved and compared: what the driver set up and nobody else changes, and where the rings stand. All of them read 0 after a
    /// reset, but for CTRL_EXT, TCTL, TXDCTL, RXDCTL and SRRCTL, of which a reset leaves or sets some bits.
    /// </summary>
    internal static readonly (string Name, uint Offset)[] Kept =
    [
        ("CTRL_EXT", E1000.CTRL_EXT),
        ("RCTL", E1000.RCTL),
        ("TCTL", E1000.TCTL),
        ("GPIE", E1000.GPIE),
        ("EIMS", E1000.EIMS),
        ("EIAC", E1000.EIAC),
        ("IVAR0", E1000.IVAR0),
        ("TDBAL", E1000.TDBAL),
        ("TDBAH", E1000.TDBAH),
        ("TDLEN", E1000.TDLEN),
        ("TDH", E1000.TDH),
        ("TDT", E1000.TDT),
        ("TXDCTL", E1000.TXDCTL),
        ("RDBAL", E1000.RDBAL),
        ("RDBAH", E1000.RDBAH),
        ("RDLEN", E1000.RDLEN),
        ("RDH", E1000.RDH),
        ("RDT", E1000.RDT),
        ("RXDCTL", E1000.RXDCTL),
        ("SRRCTL", E1000.SRRCTL),
    ];

    private readonly IRegisterBlock _block;

    internal IgbRegisters(IRegisterBlock block, PciAddress device)
    {
        _block = block;
        Device = device;
        if (block.Length < MinLength) throw new DeviceException(device, $"BAR 0 has 0x{block.Length:x} bytes: this is no 82576.");
        CheckAlive();
    }

    internal PciAddress Device { get; }

    internal uint TransmitHead => Read(E1000.TDH, "TDH");

    internal uint ReceiveHead => Read(E1000.RDH, "RDH");

    public void Dispose() => _block.Dispose();

    internal uint Read(uint offset, string name)
    {
        var value = _block.ReadUInt32(offset);
        return value != uint.MaxValue ? value : throw new DeviceGoneException(Device, name);
    }

    internal void CheckAlive() => Read(E1000.STATUS, "STATUS");

    /// <summary>Whether a register that reads <paramref name="saved"/> in use reads otherwise after a reset.</summary>
    internal static bool IsClearedByReset(uint offset, uint saved) => offset switch
    {
        // They have bits of the NVM, or defaults that the driver leaves: the driver's own bit tells.
        E1000.CTRL_EXT => (saved & E1000.CTRL_EXT_DRV_LOAD) != 0,
        E1000.TCTL => (saved & E1000.TCTL_EN) != 0,
        E1000.TXDCTL or E1000.RXDCTL or E1000.SRRCTL => false,
        _ => saved != 0,
    };

    /// <summary>
    /// Ends all that the device does: no new DMA, then a reset of all of its registers (CTRL.RST). What lay in its rings is forgotten. The
    /// PCI configuration stays.
    /// </summary>
    /// <exception cref="DeviceException">It is gone, or did not come out of the reset.</exception>
    internal void Reset()
    {
        _block.WriteUInt32(E1000.CTRL, Read(E1000.CTRL, "CTRL") | E1000.CTRL_GIO_MASTER_DISABLE);
        var idle = TryWait(E1000.STATUS, E1000.STATUS_GIO_MASTER_ENABLE, 0, s_limit);
        Halt();
        // The data sheet wants a millisecond before the device is touched again. EECD.AUTO_RD then says that the NVM was read; QEMU has no
        // such bit, but its reset is over when CTRL.RST is clear.
        Thread.Sleep(1);
        if (!TryWait(E1000.EECD, E1000.EECD_AUTO_RD, E1000.EECD_AUTO_RD, s_resetTime) && (Read(E1000.CTRL, "CTRL") & E1000.CTRL_RST) != 0)
            throw new DeviceFailedException(Device, $"the device does not come out of its reset (CTRL.RST).{(idle ? "" : " Before it, its DMA did not come to an end (STATUS.GIO_MASTER_EN).")}");
        MaskInterrupts();
    }

    /// <summary>The reset alone, without a wait: for when nothing can be hoped for any more.</summary>
    internal void Halt()
    {
        MaskInterrupts();
        _block.WriteUInt32(E1000.RCTL, 0);
        _block.WriteUInt32(E1000.TCTL, E1000.TCTL_PSP);
        _block.WriteUInt32(E1000.CTRL, _block.ReadUInt32(E1000.CTRL) | E1000.CTRL_RST);
    }

    /// <summary>Brings a device that was reset into loopback with one queue each way.</summary>
    internal void SetUp(Iova memory, IgbMemoryLayout layout, bool interrupts)
    {
        _block.WriteUInt32(E1000.CTRL_EXT, (Read(E1000.CTRL_EXT, "CTRL_EXT") & ~E1000.CTRL_EXT_LINK_MODE_MASK) | E1000.CTRL_EXT_DRV_LOAD);
        LoopBack();

        // A read that failed would be tried again forever.
        _block.WriteUInt32(E1000.GCR, Read(E1000.GCR, "GCR") & ~E1000.GCR_CMPL_TMOUT_RESEND);

        var transmit = (memory + layout.TransmitRing).Value;
        _block.WriteUInt32(E1000.TDBAL, (uint)transmit);
        _block.WriteUInt32(E1000.TDBAH, (uint)(transmit >> 32));
        _block.WriteUInt32(E1000.TDLEN, (uint)(layout.TransmitEntries * e1000_adv_tx_desc.SizeInBytes));
        _block.WriteUInt32(E1000.TDH, 0);
        _block.WriteUInt32(E1000.TDT, 0);
        _block.WriteUInt32(E1000.TXDCTL, E1000.TXDCTL_QUEUE_ENABLE);

        var receive = (memory + layout.ReceiveRing).Value;
        _block.WriteUInt32(E1000.RDBAL, (uint)receive);
        _block.WriteUInt32(E1000.RDBAH, (uint)(receive >> 32));
        _block.WriteUInt32(E1000.RDLEN, (uint)(layout.ReceiveEntries * e1000_adv_rx_desc.SizeInBytes));
        _block.WriteUInt32(E1000.RDH, 0);
        _block.WriteUInt32(E1000.RDT, 0);
        _block.WriteUInt32(E1000.SRRCTL, E1000.SRRCTL_DESCTYPE_ADV_ONEBUF | (IgbMemoryLayout.HeadBytes / 1024));
        _block.WriteUInt32(E1000.RXDCTL, E1000.RXDCTL_QUEUE_ENABLE);

        // RCTL.LBM_MAC is for QEMU: on the 82576 itself the PHY turns the frames round, and the bit does nothing.
        _block.WriteUInt32(E1000.RLPML, MaxFrameBytes);
        _block.WriteUInt32(E1000.RCTL, E1000.RCTL_EN | E1000.RCTL_UPE | E1000.RCTL_LPE | E1000.RCTL_LBM_MAC | E1000.RCTL_SECRC);
        _block.WriteUInt32(E1000.TCTL, E1000.TCTL_EN | E1000.TCTL_PSP);
        Wait(E1000.TXDCTL, E1000.TXDCTL_QUEUE_ENABLE, "the transmit queue to be enabled (TXDCTL)", s_limit);
        Wait(E1000.RXDCTL, E1000.RXDCTL_QUEUE_ENABLE, "the receive queue to be enabled (RXDCTL)", s_limit);

        if (!interrupts) return;
        // A received frame raises vector 0, which clears its cause by itself.
        _block.WriteUInt32(E1000.GPIE, E1000.GPIE_MSIX_MODE | E1000.GPIE_PBA);
        _block.WriteUInt32(E1000.EIAC, Vector);
        _block.WriteUInt32(E1000.IVAR0, E1000.IVAR_VALID);
        _block.WriteUInt32(E1000.EIMS, Vector);
    }

    /// <summary>Tells the device about descriptors in memory, buffers before frames. What was written before is visible to it first.</summary>
    internal void Ring(int receiveTail, int transmitTail)
    {
        Volatile.WriteBarrier();
        _block.WriteUInt32(E1000.RDT, (uint)receiveTail);
        _block.WriteUInt32(E1000.TDT, (uint)transmitTail);
    }

    internal void RaiseInterrupt() => _block.WriteUInt32(E1000.EICS, Vector);

    private void MaskInterrupts()
    {
        _block.WriteUInt32(E1000.IMC, uint.MaxValue);
        _block.WriteUInt32(E1000.EIMC, uint.MaxValue);
    }

    /// <summary>The PHY turns frames round; speed and link are forced, since nobody is there to negotiate them with.</summary>
    private void LoopBack()
    {
        // For QEMU, whose link comes up only by a negotiation, half a second after it was begun.
        WritePhy(BasicControl, AutoNegotiate);
        WritePhy(BasicControl, Loopback);
        _block.WriteUInt32(
            E1000.CTRL,
            (Read(E1000.CTRL, "CTRL") & ~E1000.CTRL_SPD_SEL) | E1000.CTRL_FRCSPD | E1000.CTRL_FRCDPX | E1000.CTRL_SPD_1000 | E1000.CTRL_FD | E1000.CTRL_SLU);
        Wait(E1000.STATUS, E1000.STATUS_LU, "the link of the loopback (STATUS.LU)", s_linkLimit);
    }

    private void WritePhy(uint register, uint value)
    {
        _block.WriteUInt32(E1000.MDIC, value | (register << E1000.MDIC_REG_SHIFT) | (PhyAddress << E1000.MDIC_PHY_SHIFT) | E1000.MDIC_OP_WRITE);
        Wait(E1000.MDIC, E1000.MDIC_READY, "the PHY to take a value (MDIC)", s_limit);
        if ((Read(E1000.MDIC, "MDIC") & E1000.MDIC_ERROR) != 0) throw new DeviceFailedException(Device, $"the PHY refused a write of its register {register} (MDIC.E).");
    }

    private void Wait(uint offset, uint bits, string awaited, TimeSpan limit)
    {
        if (!TryWait(offset, bits, bits, limit)) throw new DeviceTimeoutException(Device, awaited, limit, $"The register is 0x{_block.ReadUInt32(offset):x}.");
    }

    private bool TryWait(uint offset, uint mask, uint value, TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            // Read the clock first: a thread that was not scheduled for a while must not take that for the device's fault.
            var late = Stopwatch.GetElapsedTime(start) > limit;
            if ((Read(offset, "a register that is waited for") & mask) == value) return true;
            if (late) return false;
            Thread.Sleep(1);
        }
    }
}
