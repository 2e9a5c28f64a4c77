using System.Runtime.CompilerServices;

namespace Devices.Linux.Abi;

internal struct statfs
{
    internal long f_type;
    internal Rest rest; // sizes, counts and names that nothing here asks for

    [InlineArray(14)]
    internal struct Rest
    {
        private long _first;
    }
}
