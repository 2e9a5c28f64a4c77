namespace Devices.Linux.Abi;

internal unsafe struct dirent
{
    internal ulong d_ino;
    internal long d_off;
    internal ushort d_reclen;
    internal byte d_type;
    internal fixed byte d_name[256];
}
