using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;

namespace Devices.HwTests.Preservation;

/// <summary>What the preflight refuses on machines that are not fit for it.</summary>
public sealed class OtherGuestsTests
{
    [SkippableFact, Guest("kho-off")]
    public void Without_kexec_handover_the_plan_is_refused_and_the_device_works_on()
    {
        KeptNvme.RequireGuest();
        var keeper = new InProcessKeeper();
        using var nvme = new KeptNvme();
        var failure = Assert.Throws<PreflightException>(() => PreservationPlan.Create(nvme.Request(keeper)));
        Assert.Contains(failure.Report.Refusals, static finding => finding.Check == "kexec handover" && finding.Reason.Contains("kho", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("kho=on", failure.Message, StringComparison.Ordinal);
        Assert.Empty(keeper.List());
        Assert.False(Kexec.IsLoaded);
        KeptNvme.Write(nvme.Controller, round: 0);
        KeptNvme.Check(nvme.Controller, round: 0);
    }

    [SkippableFact, Guest("sriov")]
    public void A_VF_that_could_not_be_enabled_and_opened_again_is_refused()
    {
        KeptNvme.RequireGuest();
        var pf = BoundDevice.IgbFunction();
        var binding = new DriverBinding();
        try
        {
            File.WriteAllText("/sys/module/vfio_pci/parameters/enable_sriov", "Y");
            binding.Bind(pf, "vfio-pci");
            var refusal = Assert.Single(Check(pf).Refusals, static finding => finding.Check == "PF");
            Assert.Contains("token", refusal.Reason, StringComparison.Ordinal);

            binding.Unbind(pf);
            LabModules.LoadIgb();
            binding.Bind(pf, "igb");
            var report = Check(pf);
            Assert.Empty(report.Refusals);
            Assert.Equal(FindingLevel.Passed, Assert.Single(report.Findings, static finding => finding.Check == "PF").Level);

            // It is not for the user to disable what is kept, nor for vfio-pci to wait for what is not there.
            Assert.DoesNotContain(report.Findings, static finding => finding.Check == "VFs at the jump");
            Assert.DoesNotContain(KeptNvme.Next.Compose(SystemChecks.IdsOf(pf.Sriov!.OpenVfs())).VfioPciIds, id => id.Matches(pf.VendorId, pf.Sriov.VfDeviceId, 0, 0, 0));
        }
        finally
        {
            pf.Sriov!.Disable();
            binding.Unbind(pf);
        }

        static PreflightReport Check(PciFunction pf)
        {
            pf.Sriov!.Enable(1, new SriovOptions { Driver = "vfio-pci" });
            return Preflighter.Check(KeptNvme.Next, pf.Sriov.OpenVfs());
        }
    }

    [SkippableFact, Guest("twins")]
    public void Ids_that_would_take_a_device_that_is_not_kept_are_refused()
    {
        KeptNvme.RequireGuest();
        var twins = Rig.ByClass("010802").Select(static address => PciFunction.Open(PciAddress.Parse(address))).ToList();
        Assert.Equal(2, twins.Count);
        var keeper = new InProcessKeeper();
        using var nvme = new KeptNvme();
        var other = twins.Single(twin => twin.Address != nvme.Address);

        var failure = Assert.Throws<PreflightException>(() => PreservationPlan.Create(nvme.Request(keeper)));
        var refusal = Assert.Single(failure.Report.Refusals);
        Assert.Equal(("vfio-pci.ids", other.Address.ToString()), (refusal.Check, refusal.Subject));

        // On vfio-pci today it loses nothing by it; kept as well, neither.
        new DriverBinding().Bind(other, "vfio-pci");
        Assert.Contains(Preflighter.Check(nvme.Request(keeper)).Findings, finding => finding.Check == "vfio-pci.ids" && finding.Subject == other.Address.ToString() && finding.Level == FindingLevel.Note);
        PreservationPlan.Create(nvme.Request(keeper)).Preserve().Discard();
        KeptNvme.Release(other.Address);
    }
}
