namespace Devices.Linux.Abi;

internal struct __user_cap_data_struct
{
    internal uint effective;
    internal uint permitted;
    internal uint inheritable;
}
