using Devices.HwTests.Lab;
using Devices.Pci;
using Devices.Vfio;

namespace Devices.HwTests.Vfio;

/// <summary>The limit of lockable memory, told before it is hit, by each back end.</summary>
public class MemlockTests
{
    public static TheoryData<IommuMode> Modes => BackEndTests.Modes;

    [SkippableTheory]
    [MemberData(nameof(Modes))]
    public void The_limit_and_what_counts_against_it_are_told(IommuMode mode)
    {
        Skip.IfNot(Rig.IsGuest, "it starts a process with fewer capabilities by setpriv and prlimit");
        var function = BoundDevice.EduFunction();
        new DriverBinding().Bind(function, "vfio-pci");
        try
        {
            Assert.Equal(string.Empty, MemlockProcess.Complaints(mode, function.Address));
        }
        finally
        {
            new DriverBinding().Unbind(function);
        }
    }
}
