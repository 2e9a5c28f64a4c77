namespace Devices.Cli;

/// <summary>Shows sessions of devkeepd's clients.</summary>
internal static class SessionListView
{
    internal static Report Render(SessionListResult result)
    {
        if (result.Sessions.Count == 0) return new Report().Line(new Cell("there is none", Tone.Faint));
        var grid = new Grid("Session", "State", "User", "Memory", "Devices", "In the kernel");
        foreach (var session in result.Sessions)
        {
            grid.Row(
                session.Name,
                session.State,
                session.Unit is null ? $"{session.User}" : $"{session.User} in {session.Unit}",
                session.Memory.Count == 0 ? Cell.None : string.Join(", ", session.Memory.Select(static memory => $"{memory.Name} ({Quantity.Bytes(memory.Length)})")),
                session.Devices.Count == 0 ? Cell.None : string.Join(", ", session.Devices),
                session.KernelName);
        }

        return new Report().Table(grid);
    }
}
