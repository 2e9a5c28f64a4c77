using System.Globalization;

namespace Devices.Cli;

/// <summary>Shows the state of live update and of the keeper.</summary>
internal static class StatusView
{
    internal static Report Render(StatusResult result)
    {
        var handover = result.Handover;
        var report = new Report()
            .Heading("Kernel")
            .Facts(
                ("Kexec Handover", OnOff(handover.Kho)),
                ("Live update", OnOff(handover.LiveUpdate)),
                ("Formats", Formats(handover.Formats)),
                ("Scratch memory", handover.ScratchBytes is { } bytes ? Quantity.Bytes(bytes) : "not known"),
                ("Next kernel", result.KexecLoaded ? "loaded" : "none is loaded"));
        foreach (var problem in handover.Problems)
            report.Line(new Cell(problem, Tone.Attention));

        if (result.Keeper is not { } keeper)
            return report.Heading("Keeper").Line(new Cell("none is running", Tone.Faint));
        report.Heading("Keeper").Facts(
            ("Socket", keeper.Socket),
            ("Process", keeper.Pid.ToString(CultureInfo.InvariantCulture)),
            ("Since", Time(keeper.Since)));
        if (keeper.Sessions.Count > 0)
        {
            var sessions = new Grid("Session", "Direction", "Since");
            foreach (var session in keeper.Sessions)
                sessions.Row(session.Name, session.Direction, Time(session.Since));
            report.Table(sessions);
        }

        if (keeper.Descriptors.Count > 0)
        {
            var descriptors = new Grid("Held as", "Kind", "File", "Token");
            foreach (var held in keeper.Descriptors)
                descriptors.Row(held.Name, held.Kind, held.Target, held.Token?.ToString(CultureInfo.InvariantCulture));
            report.Table(descriptors);
        }

        return keeper.Sessions.Count + keeper.Descriptors.Count > 0 ? report : report.Line(new Cell("it holds nothing", Tone.Faint));
    }

    private static Cell OnOff(bool on) => on ? new Cell("on", Tone.Good) : new Cell("off", Tone.Bad);

    private static string Formats(FormatsResult formats) =>
        string.Join(", ", new[] { formats.Kho, formats.Luo, formats.Memfd }.Select(static name => name ?? "?"));

    private static string Time(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);
}
