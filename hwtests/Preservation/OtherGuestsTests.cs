using Devices.HwTests.Lab;
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
