using Devices.HwTests.Lab;
using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.HwTests.LiveUpdate;

/// <summary>What is said of the running kernel and of an image, compared with what they do.</summary>
public sealed class HandoverTests
{
    public HandoverTests()
    {
        Skip.IfNot(Rig.IsGuest, "loads kernels: only in a guest of the lab");
        Skip.IfNot(File.Exists(LiveUpdateOrchestrator.DevicePath), "live update is off in this kernel");
    }

    [SkippableFact]
    public void The_image_of_the_running_kernel_speaks_its_formats()
    {
        using var image = KernelImage.Open(NextKernel.ImagePath);
        Assert.True(image.IsRunning);
        Assert.True(image.HasLiveUpdate);
        Assert.True(image.Abi.IsComplete);
        var state = HandoverState.Read(image);
        Assert.Equal(image.Abi, state.Abi);
        Assert.Empty(state.Abi.DifferencesTo(image.Abi));
        Assert.Contains(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), image.Version, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_state_of_this_kernel_is_fit_for_a_live_update()
    {
        var state = HandoverState.Read();
        Assert.True(state.KhoEnabled);
        Assert.True(state.LiveUpdateEnabled);
        Assert.Empty(state.Problems);
        Assert.NotEmpty(state.ScratchAreas!);
        Assert.All(state.ScratchAreas!, area => Assert.True(area.Length > 0 && area.Address > 0));
    }

    [SkippableFact]
    public void What_fits_is_loaded_and_what_does_not_is_refused()
    {
        using var image = KernelImage.Open(NextKernel.ImagePath);
        var state = HandoverState.Read(image);
        var largest = (long)state.ScratchAreas!.Max(area => area.Length);
        var commandLine = KernelCommandLine.ForNextKernel(KernelCommandLine.ReadRunning());
        var outcomes = new HashSet<bool>();
        // The kernel hashes what it loads, which takes the emulated processor minutes for sizes in between.
        foreach (var length in new[] { 4096, 8 << 20, largest + 4096 })
        {
            using var initrd = MemFd.Create("initrd", length);
            var fits = state.Fits(image, length)!.Value;
            outcomes.Add(fits);
            Kexec.Unload();
            if (fits)
            {
                Kexec.Load(image, commandLine, initrd.Fd);
            }
            else
            {
                var failure = Assert.Throws<LinuxException>(() => Kexec.Load(image, commandLine, initrd.Fd));
                Assert.Equal(Errno.EADDRNOTAVAIL, failure.Errno);
                Assert.Contains("kho_scratch", failure.Remedy, StringComparison.Ordinal);
            }
            Assert.Equal(fits, Kexec.IsLoaded);
        }
        Kexec.Unload();
        Assert.Equal(2, outcomes.Count);
    }

    [SkippableFact]
    public void The_longest_command_line_is_where_the_kernel_has_it()
    {
        using var image = KernelImage.Open(NextKernel.ImagePath);
        Kexec.Load(image, KernelCommandLine.Parse(new string('a', image.CommandLineLimit)));
        Kexec.Unload();
        // One byte more is refused by the toolkit; the kernel's own answer to it shows that the limit is not too low.
        Assert.Throws<ArgumentException>(() => Kexec.Load(image, KernelCommandLine.Parse(new string('a', image.CommandLineLimit + 1))));
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => KexecFile.Load(image.File, null, new string('a', image.CommandLineLimit + 1))).Errno);
        Assert.False(Kexec.IsLoaded);
    }

    [SkippableFact]
    public void A_jump_without_a_kernel_is_refused_and_everything_goes_on()
    {
        Kexec.Unload();
        Assert.False(Kexec.IsLoaded);
        var failure = Assert.Throws<LinuxException>(Kexec.Jump);
        Assert.Equal(Errno.EINVAL, failure.Errno);
        Assert.Contains("No kernel is loaded", failure.Remedy, StringComparison.Ordinal);
        // The refusal came before the sessions were frozen: they take part still.
        using var orchestrator = LiveUpdateOrchestrator.Open();
        orchestrator.CreateSession(new SessionName("after a refused jump")).Discard();
    }

    [SkippableFact]
    public void What_is_no_kernel_is_refused_by_the_toolkit_and_by_the_kernel()
    {
        Assert.Throws<KernelImageException>(() => KernelImage.Open("/proc/self/exe"));
        using var file = FileDescriptor.Open("/bin/sh", OpenMode.ReadOnly);
        Assert.Equal(Errno.ENOEXEC, Assert.Throws<LinuxException>(() => KexecFile.Load(file, null, "")).Errno);
    }
}
