namespace Devices.Cli;

/// <summary>Shows what an update would do, and what stands in its way.</summary>
internal static class UpdatePlanView
{
    internal static Report Render(UpdatePlanResult plan)
    {
        var report = new Report().Facts(
            ("Session", plan.Session),
            ("Keeper", plan.Keeper),
            ("Next kernel", plan.Image),
            ("Its command line", plan.CommandLine),
            ("Estimated blackout", EstimateView.Text(plan.Estimate)),
            ("Estimated of", plan.Estimate.Basis));
        if (plan.Devices.Count > 0)
        {
            var devices = new Grid("Device", "Tier", "Driver", "Why no more");
            foreach (var device in plan.Devices)
                devices.Row(device.Address, device.Tier, device.Driver, string.Join(' ', device.Limits));
            report.Heading("Devices").Table(devices);
        }

        if (plan.Memory.Count > 0)
        {
            var memory = new Grid("Memory", "Size", "IOVA");
            foreach (var planned in plan.Memory)
                memory.Row(planned.Name, Quantity.Bytes(planned.Length), planned.Iova ?? "any, or none");
            report.Heading("Memory").Table(memory);
        }

        if (plan.Members.Count > 0)
        {
            var members = new Grid("Member", "Session", "Devices", "Memory");
            foreach (var member in plan.Members)
                members.Row($"{member.Name} (pid {member.Pid})", member.Session, string.Join(", ", member.Devices.Select(static device => $"{device.Address} {device.Tier}")), Quantity.Bytes((ulong)member.Memory));
            report.Heading("Members").Table(members);
        }

        return PreflightView.Conclude(report.Heading("Checks").Table(PreflightView.Findings(plan.Findings)), plan.Passed, plan.Findings);
    }
}
