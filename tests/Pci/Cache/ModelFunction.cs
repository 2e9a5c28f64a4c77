using System.Buffers.Binary;
using Devices.Pci;

namespace Devices.Tests.Pci.Cache;

/// <summary>
/// A function that behaves: registers that cannot be written or only in part (BAR sizing), bits cleared by writing 1, status that changes by itself, FLR, AF
/// and leaving D3hot as resets, a vendor's register that changes others. It knows nothing of the policy tables. May be used by several threads.
/// </summary>
internal sealed class ModelFunction : IPciConfigSpace
{
    public const int PowerManagement = 0x40;
    public const int Msi = 0x50;
    public const int Express = 0x70;
    public const int Msix = 0xB0;
    public const int Vendor = 0xC0;
    public const int AdvancedFeatures = 0xD0;
    public const int Aer = 0x100;
    public const int SerialNumber = 0x150;
    public const int Sriov = 0x160;
    public const int ResizableBar = 0x1A0;
    public const int Unowned = 0x800;

    private readonly Lock _lock = new();
    private readonly byte[] _bytes = new byte[PciRegs.PCI_CFG_SPACE_EXP_SIZE];
    private readonly byte[] _writable = new byte[PciRegs.PCI_CFG_SPACE_EXP_SIZE];
    private readonly byte[] _clearedByOnes = new byte[PciRegs.PCI_CFG_SPACE_EXP_SIZE];
    private readonly List<int> _status = [PciRegs.PCI_STATUS];
    private readonly byte[] _afterReset;

    public ModelFunction(ConfigSpaceView view)
    {
        View = view;
        Header();
        Put(PowerManagement, 0x01, Msi, 0x03, 0xC8);
        Allow(PowerManagement + PciRegs.PCI_PM_CTRL, 0x0103);

        // MSI of 64 bits with masks.
        Put(Msi, 0x05, Express, 0x8A, 0x01);
        Allow(Msi + PciRegs.PCI_MSI_FLAGS, 0x0071);
        Allow(Msi + PciRegs.PCI_MSI_ADDRESS_LO, 0xFFFF_FFFC);
        Allow(Msi + PciRegs.PCI_MSI_ADDRESS_HI, 0xFFFF_FFFF);
        Allow(Msi + PciRegs.PCI_MSI_DATA_64, 0xFFFF);
        Allow(Msi + PciRegs.PCI_MSI_MASK_64, 0x1F);
        _status.Add(Msi + PciRegs.PCI_MSI_PENDING_64);

        // An endpoint with FLR.
        Put(Express, 0x10, Msix, 0x02, 0x00, 0x22, 0x80, 0x00, 0x10, 0x10, 0x28);
        Put(Express + PciRegs.PCI_EXP_LNKCAP, 0x43, 0xF4, 0x45, 0x00);
        Allow(Express + PciRegs.PCI_EXP_DEVCTL, 0x7FFF);
        Allow(Express + PciRegs.PCI_EXP_LNKCTL, 0x0FFB);
        Allow(Express + PciRegs.PCI_EXP_DEVCTL2, 0x07FF);
        Allow(Express + PciRegs.PCI_EXP_LNKCTL2, 0x0FFF);
        ClearByOnes(Express + PciRegs.PCI_EXP_DEVSTA, 0x0F);
        _status.AddRange([Express + PciRegs.PCI_EXP_DEVSTA, Express + PciRegs.PCI_EXP_LNKSTA, Express + PciRegs.PCI_EXP_LNKSTA2]);

        Put(Msix, 0x11, Vendor, 0x3F, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x30);
        Allow(Msix + PciRegs.PCI_MSIX_FLAGS, 0xC000);
        Put(Vendor, 0x09, AdvancedFeatures, 0x10);
        Allow(Vendor + 4, 0xFFFF_FFFF);
        Put(AdvancedFeatures, 0x13, 0x00, 0x06, 0x03);

        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(Aer), (SerialNumber << 20) | 0x2_0001);
        Allow(Aer + PciRegs.PCI_ERR_UNCOR_MASK, 0x01FF_F030);
        Allow(Aer + PciRegs.PCI_ERR_UNCOR_SEVER, 0x01FF_F030);
        Allow(Aer + PciRegs.PCI_ERR_COR_MASK, 0xF1C1);
        ClearByOnes(Aer + PciRegs.PCI_ERR_UNCOR_STATUS, 0x01FF_F030);
        _status.AddRange([Aer + PciRegs.PCI_ERR_UNCOR_STATUS, Aer + PciRegs.PCI_ERR_CAP, Aer + PciRegs.PCI_ERR_HEADER_LOG + 4]);

        // A serial number made of an EUI-48: it has bytes of ones.
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(SerialNumber), (Sriov << 20) | 0x1_0003);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(SerialNumber + 4), 0x001B_21FF_FF12_3456);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(Sriov), (ResizableBar << 20) | 0x1_0010);
        Put(Sriov + PciRegs.PCI_SRIOV_INITIAL_VF, 8, 0, 8, 0);
        Put(Sriov + PciRegs.PCI_SRIOV_VF_OFFSET, 0x80, 0, 2, 0, 0, 0, 0xCA, 0x10);
        Allow(Sriov + PciRegs.PCI_SRIOV_CTRL, 0x19);
        Allow(Sriov + PciRegs.PCI_SRIOV_NUM_VF, 0xFFFF);
        Allow(Sriov + PciRegs.PCI_SRIOV_SYS_PGSIZE, 0x553);
        Allow(Sriov + PciRegs.PCI_SRIOV_BAR, 0xFFFF_C000);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(ResizableBar), 0x1_0015);
        Put(ResizableBar + PciRegs.PCI_REBAR_CAP, 0xF0, 0x07, 0, 0, 0x20, 0x04);
        Allow(ResizableBar + PciRegs.PCI_REBAR_CTRL, 0x3F00);
        Allow(Unowned, 0xFFFF_FFFF);
        _afterReset = (byte[])_bytes.Clone();
    }

    public int Length => _bytes.Length;

    public ConfigSpaceView View { get; }

    public string Subject => "0000:01:00.0";

    /// <summary>Whether no port tells it a slot's power limit, as is so with a VF.</summary>
    public bool HasNoSlot { get; init; }

    /// <summary>Dwords that were read.</summary>
    public int DwordsRead { get; private set; }

    /// <summary>Resets that registers have started.</summary>
    public int Resets { get; private set; }

    /// <summary>Whether it does not answer: all ones.</summary>
    public bool IsGone { get; set; }

    public void Read(int offset, Span<byte> destination)
    {
        lock (_lock)
        {
            DwordsRead += (offset + destination.Length + 3) / 4 - (offset / 4);
            if (IsGone)
                destination.Fill(0xFF);
            else
                _bytes.AsSpan(offset, destination.Length).CopyTo(destination);
        }
    }

    /// <summary>What the device has, without being asked.</summary>
    public byte[] Actual(int offset, int count)
    {
        lock (_lock)
            return _bytes.AsSpan(offset, count).ToArray();
    }

    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        lock (_lock)
        {
            var powerState = _bytes[PowerManagement + PciRegs.PCI_PM_CTRL] & 3;
            for (var i = 0; i < source.Length; i++)
            {
                ref var register = ref _bytes[offset + i];
                register = (byte)((register & ~_writable[offset + i]) | (source[i] & _writable[offset + i]));
                register = (byte)(register & ~(source[i] & _clearedByOnes[offset + i]));
            }

            Effects(offset, source, powerState);
        }
    }

    /// <summary>Something happens in the device: status registers change.</summary>
    public void Happen(byte what)
    {
        lock (_lock)
        {
            foreach (var register in _status)
                _bytes[register] ^= (byte)(what & ~(register == PciRegs.PCI_STATUS ? (int)PciStatus.CapabilityList : 0));
        }
    }

    /// <summary>Somebody else writes a register, readable or not.</summary>
    public void Poke(int offset, byte value)
    {
        lock (_lock)
            _bytes[offset] = value;
    }

    /// <summary>Has some bits of a register refuse what is written.</summary>
    public void Refuse(int offset, ushort bits)
    {
        lock (_lock)
        {
            _writable[offset] &= (byte)~bits;
            _writable[offset + 1] &= (byte)~(bits >> 8);
        }
    }

    /// <summary>Resets it as VFIO's reset or a bus reset does. MSI-X may come back with another table.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _afterReset.CopyTo(_bytes, 0);
            Resets++;
            _bytes[Msix + PciRegs.PCI_MSIX_TABLE + 1] = (byte)(0x20 + (Resets % 4 * 0x10));
            if (!HasNoSlot)
                _bytes[Express + PciRegs.PCI_EXP_DEVCAP + 3] = (byte)(0x10 | (Resets % 4));
        }
    }

    private void Header()
    {
        Put(0, 0x36, 0x1B, 0x10, 0x00, 0x00, 0x00, 0x10, 0x00, 0x02, 0x02, 0x08, 0x01);
        Put(PciRegs.PCI_BASE_ADDRESS_0, 0x04);
        Put(PciRegs.PCI_BASE_ADDRESS_2, 0x01);
        Put(PciRegs.PCI_SUBSYSTEM_VENDOR_ID, 0xF4, 0x1A, 0x00, 0x11);
        Put(PciRegs.PCI_CAPABILITY_LIST, PowerManagement);
        Put(PciRegs.PCI_INTERRUPT_LINE, 0xFF, 0x01);
        Allow(PciRegs.PCI_COMMAND, 0x0547);
        Allow(PciRegs.PCI_CACHE_LINE_SIZE, 0xFF);
        Allow(PciRegs.PCI_BASE_ADDRESS_0, 0xFFFF_C000);
        Allow(PciRegs.PCI_BASE_ADDRESS_1, 0xFFFF_FFFF);
        Allow(PciRegs.PCI_BASE_ADDRESS_2, 0xFFFF_FFE0);
        Allow(PciRegs.PCI_ROM_ADDRESS, 0xFFFF_0001);
        Allow(PciRegs.PCI_INTERRUPT_LINE, 0xFF);
        ClearByOnes(PciRegs.PCI_STATUS, 0xF900);
    }

    private void Effects(int offset, ReadOnlySpan<byte> written, int powerStateBefore)
    {
        var devctl = Express + PciRegs.PCI_EXP_DEVCTL + 1 - offset;
        var af = AdvancedFeatures + PciRegs.PCI_AF_CTRL - offset;
        var powerState = _bytes[PowerManagement + PciRegs.PCI_PM_CTRL] & 3;
        if ((devctl >= 0 && devctl < written.Length && (written[devctl] & 0x80) != 0)
            || (af >= 0 && af < written.Length && (written[af] & 1) != 0)
            || (powerStateBefore == 3 && powerState == 0))
        {
            Reset();
            return;
        }

        // VF Enable and NumVFs move the VFs; a size of Resizable BAR moves the BAR; the vendor's register changes what everybody thinks is constant.
        var vfs = _bytes[Sriov + PciRegs.PCI_SRIOV_NUM_VF];
        _bytes[Sriov + PciRegs.PCI_SRIOV_VF_STRIDE] = (byte)(vfs > 4 ? 4 : 2);
        if (offset <= ResizableBar + PciRegs.PCI_REBAR_CTRL + 1 && offset + written.Length > ResizableBar + PciRegs.PCI_REBAR_CTRL + 1)
            _bytes[PciRegs.PCI_BASE_ADDRESS_1] = 0;
        if (offset < Vendor + 8 && offset + written.Length > Vendor + 4)
            _bytes[PciRegs.PCI_SUBSYSTEM_ID] = _bytes[Vendor + 4];
        if (offset < Unowned + 4 && offset + written.Length > Unowned)
            _bytes[PciRegs.PCI_REVISION_ID] = _bytes[Unowned];
    }

    private void Put(int offset, params ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bytes.AsSpan(offset));

    private void Allow(int offset, uint mask) => BinaryPrimitives.WriteUInt32LittleEndian(_writable.AsSpan(offset), BinaryPrimitives.ReadUInt32LittleEndian(_writable.AsSpan(offset)) | mask);

    private void ClearByOnes(int offset, uint mask) => BinaryPrimitives.WriteUInt32LittleEndian(_clearedByOnes.AsSpan(offset), mask);
}
