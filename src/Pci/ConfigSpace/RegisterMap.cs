namespace Devices.Pci;

/// <summary>Divides a configuration space into registers without gap or overlap.</summary>
internal static class RegisterMap
{
    private const int DwordSize = 4;

    /// <summary>All registers in order of offset; every byte of the space belongs to one.</summary>
    public static List<ConfigRegister> Of(IPciConfigSpace space)
    {
        var length = space.Length;
        var taken = new bool[length];
        var owners = new PciCapability?[length];
        var entries = new List<ConfigRegister>();

        void Take(int offset, int width, string name, PciCapability? capability)
        {
            if (offset + width > length || taken.AsSpan(offset, width).Contains(true))
                return;
            taken.AsSpan(offset, width).Fill(true);
            entries.Add(new ConfigRegister(offset, width, name, capability));
        }

        if (length >= PciRegs.PCI_STD_HEADER_SIZEOF)
        {
            foreach (var register in PciHeader.Read(space).Registers)
                Take(register.Offset, register.Width, register.Name, null);
        }

        foreach (var capability in PciCapabilities.Read(space))
        {
            Take(capability.Offset, capability.HeaderLength, $"{capability.Name}: Capability Header", capability);
            foreach (var register in capability.Registers)
                Take(capability.Offset + register.Offset, register.Width, $"{capability.Name}: {register.Name}", capability);
            owners.AsSpan(capability.Offset, capability.Raw.Length).Fill(capability);
        }

        for (var offset = 0; offset < length;)
        {
            if (taken[offset])
            {
                offset++;
                continue;
            }

            var owner = owners[offset];
            var width = FreeWidth(taken, owners, offset);
            Take(offset, width, owner is null ? $"0x{offset:x3}" : $"{owner.Name}+0x{offset - owner.Offset:x2}", owner);
            offset += width;
        }

        entries.Sort(static (left, right) => left.Offset.CompareTo(right.Offset));
        return entries;
    }

    // The widest aligned piece from here that nothing has taken and that has one owner.
    private static int FreeWidth(bool[] taken, PciCapability?[] owners, int offset)
    {
        for (var width = DwordSize; width > 1; width /= 2)
        {
            if (offset % width != 0 || offset + width > taken.Length || taken.AsSpan(offset, width).Contains(true))
                continue;
            if (Array.TrueForAll(owners[offset..(offset + width)], owner => ReferenceEquals(owner, owners[offset])))
                return width;
        }

        return 1;
    }
}
