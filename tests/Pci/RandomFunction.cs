using System.Buffers.Binary;
using Devices.Pci;

namespace Devices.Tests.Pci;

/// <summary>
/// The configuration space of a function made up of every capability with a view, in any order, its registers random. Only what a register may not
/// hold is left out, and what lspci itself cannot print.
/// </summary>
internal static class RandomFunction
{
    private const int FirstOffset = 0x100;
    private const int Spacing = 0x10;

    public static byte[] Create(Random random)
    {
        var space = new byte[PciRegs.PCI_CFG_SPACE_EXP_SIZE];
        BinaryPrimitives.WriteUInt32LittleEndian(space, 0x1234_5678);
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(PciRegs.PCI_STATUS), (ushort)PciStatus.CapabilityList);
        space[PciRegs.PCI_CAPABILITY_LIST] = 0x40;
        Standard(space, random);
        var capabilities = Extended(random).ToArray();
        random.Shuffle(capabilities);
        var offset = FirstOffset;
        for (var i = 0; i < capabilities.Length; i++)
        {
            var (id, body) = capabilities[i];
            var next = i + 1 < capabilities.Length ? offset + ((sizeof(uint) + body.Length + Spacing - 1) / Spacing * Spacing) : 0;
            BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(offset), (uint)(id | (1 << 16) | (next << 20)));
            body.CopyTo(space, offset + sizeof(uint));
            offset = next;
        }

        return space;
    }

    private static void Standard(byte[] space, Random random)
    {
        // A PCIe endpoint with a link of 16 lanes, which the lengths of lane registers depend on.
        new byte[] { PciRegs.PCI_CAP_ID_EXP, 0x80, 0x02, 0x00 }.CopyTo(space, 0x40);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(0x40 + PciRegs.PCI_EXP_LNKCAP), 0x0000_0105);
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x40 + PciRegs.PCI_EXP_LNKSTA), 0x0105);
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x40 + PciRegs.PCI_EXP_LNKCTL2), 0x0005);
        random.NextBytes(space.AsSpan(0x80, 8));
        new byte[] { PciRegs.PCI_CAP_ID_AF, 0x88, PciRegs.PCI_CAP_AF_SIZEOF }.CopyTo(space, 0x80);
        random.NextBytes(space.AsSpan(0x88, 12));
        new byte[] { PciRegs.PCI_CAP_ID_HT, 0x98, (byte)random.Next(4), 0xA8 }.CopyTo(space, 0x88);

        // Enhanced Allocation: two ranges whose halves are as many as their low ones say.
        new byte[] { PciRegs.PCI_CAP_ID_EA, 0xC8, 2, 0 }.CopyTo(space, 0x98);
        var entry = 0x9C;
        for (var i = 0; i < 2; i++)
        {
            var (isWide, isWideLimit) = (random.Next(2), random.Next(2));
            random.NextBytes(space.AsSpan(entry, 20));
            space[entry] = (byte)((space[entry] & 0xF0) | (2 + isWide + isWideLimit));
            space[entry + 1] = (byte)random.Next(10);
            space[entry + 2] = (byte)(0xFC + random.Next(4));
            space[entry + 4] = (byte)((space[entry + 4] & 0xFC) | (isWide << 1));
            space[entry + 8] = (byte)((space[entry + 8] & 0xFC) | (isWideLimit << 1));
            entry += 4 * (3 + isWide + isWideLimit);
        }

        // A HyperTransport interface, of a host and of a revision with all registers.
        random.NextBytes(space.AsSpan(0xC8, 24));
        new byte[] { PciRegs.PCI_CAP_ID_HT, 0xE0, space[0xCA], (byte)(0x20 | (space[0xCB] & 0x1F)) }.CopyTo(space, 0xC8);
        space[0xC8 + 8] = 0x65;
        random.NextBytes(space.AsSpan(0xE0, 28));
        new byte[] { PciRegs.PCI_CAP_ID_HT, 0, space[0xE2], (byte)(space[0xE3] & 0x1F) }.CopyTo(space, 0xE0);
        space[0xE0 + 12] = (byte)random.Next(0x22, 0x68);
    }

    private static IEnumerable<(int Id, byte[] Body)> Extended(Random random)
    {
        byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }

        byte[] Edit(int count, Action<byte[]> edit)
        {
            var bytes = Bytes(count);
            edit(bytes);
            return bytes;
        }

        // A body begins behind the header: its offsets are less by four.
        yield return (PciRegs.PCI_EXT_CAP_ID_PASID, Bytes(4));
        yield return (PciRegs.PCI_EXT_CAP_ID_PRI, Bytes(12));
        yield return (PciRegs.PCI_EXT_CAP_ID_PTM, Bytes(8));
        yield return (PciRegs.PCI_EXT_CAP_ID_LTR, Edit(4, static bytes =>
        {
            // The scales 6 and 7 are not permitted; lspci shifts by them nevertheless.
            bytes[1] &= 0xEF;
            bytes[3] &= 0xEF;
        }));
        yield return (PciRegs.PCI_EXT_CAP_ID_L1SS, Bytes(12));
        yield return (PciRegs.PCI_EXT_CAP_ID_DPC, Edit(0x1C + (31 * 4), static _ => { }));
        yield return (PciRegs.PCI_EXT_CAP_ID_TPH, Edit(8 + 64, static bytes => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), (ushort)(bytes[2] & 0x1F))));
        yield return (PciRegs.PCI_EXT_CAP_ID_MCAST, Edit(0x2C, static bytes => bytes[1] &= 0x8F));
        yield return (PciRegs.PCI_EXT_CAP_ID_VC, Edit(0x0C + (8 * 12), static _ => { }));
        yield return (PciRegs.PCI_EXT_CAP_ID_REBAR, Rebar());
        yield return (PciRegs.PCI_EXT_CAP_ID_VF_REBAR, Rebar());
        yield return (PciRegs.PCI_EXT_CAP_ID_PWR, Bytes(12));
        yield return (PciRegs.PCI_EXT_CAP_ID_SECPCI, Edit(8 + 32, static bytes => (bytes[6], bytes[7]) = (0, 0)));
        yield return (PciRegs.PCI_EXT_CAP_ID_PL_16GT, Bytes(0x1C + 16));
        yield return (PciRegs.PCI_EXT_CAP_ID_PL_32GT, Bytes(0x1C + 16));
        yield return (PciRegs.PCI_EXT_CAP_ID_PL_64GT, Bytes(0x1C + 16));
        yield return (0x27, Bytes(4 + 64));
        yield return (PciRegs.PCI_EXT_CAP_ID_DLF, Bytes(8));
        yield return (PciRegs.PCI_EXT_CAP_ID_DEV3, Bytes(12));
        yield return (PciRegs.PCI_EXT_CAP_ID_DOE, Bytes(20));
        yield return (PciRegs.PCI_EXT_CAP_ID_IDE, Ide());
        yield return (PciRegs.PCI_EXT_CAP_ID_DVSEC, Dvsec(0x4321, 1, 0, 0x18));
        yield return (PciRegs.PCI_EXT_CAP_ID_DVSEC, Cxl(PciRegs.PCI_DVSEC_CXL_FUNCTION_MAP, 0, 0x2C));
        yield return (PciRegs.PCI_EXT_CAP_ID_DVSEC, Cxl(PciRegs.PCI_DVSEC_CXL_PORT, 0, 0x28));
        yield return (PciRegs.PCI_EXT_CAP_ID_DVSEC, Cxl(PciRegs.PCI_DVSEC_CXL_PORT_GPF, 0, 0x10));
        yield return (PciRegs.PCI_EXT_CAP_ID_DVSEC, Cxl(PciRegs.PCI_DVSEC_CXL_DEVICE_GPF, 0, 0x10));
        yield return (PciRegs.PCI_EXT_CAP_ID_DVSEC, Cxl(PciRegs.PCI_DVSEC_CXL_FLEXBUS_PORT, 2, 0x20));
        yield return (PciRegs.PCI_EXT_CAP_ID_DVSEC, Cxl(PciRegs.PCI_DVSEC_CXL_REG_LOCATOR, 0, 0x24));
        yield return (PciRegs.PCI_EXT_CAP_ID_DVSEC, Cxl(9, 0, 0x10));
        var device = Cxl(PciRegs.PCI_DVSEC_CXL_DEVICE, 2, 0x3C);
        foreach (var range in new[] { 0x18, 0x28 })
        {
            // Type and class have three values, the interleaving eight; a base is a multiple of 256 MiB.
            var flags = random.Next(4) | (random.Next(3) << 2) | (random.Next(3) << 5) | (random.Next(8) << 8) | (random.Next(5) << 13);
            BinaryPrimitives.WriteUInt32LittleEndian(device.AsSpan(range), (uint)flags | ((uint)random.Next(16) << 28));
            BinaryPrimitives.WriteUInt32LittleEndian(device.AsSpan(range + 8), (uint)random.Next(16) << 28);
        }

        yield return (PciRegs.PCI_EXT_CAP_ID_DVSEC, device);

        byte[] Rebar()
        {
            var count = random.Next(1, 7);
            return Edit(count * 8, bytes =>
            {
                bytes[4] = (byte)((bytes[4] & 0x1F) | (count << 5));
                bytes[5] &= 0x3F;
            });
        }

        byte[] Cxl(int id, int revision, int length) => Dvsec(0x1E98, id, revision, length);

        byte[] Dvsec(ushort vendor, int id, int revision, int length)
        {
            var bytes = Bytes(length - sizeof(uint));
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, vendor | ((uint)revision << 16) | ((uint)length << 20));
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)id);
            return bytes;
        }

        byte[] Ide()
        {
            // Two link streams and two selective ones of at most three ranges each.
            var bytes = Bytes(8 + (2 * 8) + (2 * (20 + (3 * 12))));
            bytes[0] |= 3;
            bytes[1] = (byte)((bytes[1] & 0x1F) | (1 << 5));
            bytes[2] = 1;
            var first = 8 + (2 * 8);
            bytes[first] = (byte)((bytes[first] & 0xF0) | random.Next(4));
            var second = first + 20 + ((bytes[first] & 0xF) * 12);
            bytes[second] = (byte)((bytes[second] & 0xF0) | random.Next(4));
            return bytes;
        }
    }
}
