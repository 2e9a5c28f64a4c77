using System.CommandLine;

namespace Devices.Cli;

/// <summary><c>devkeep session</c>: commands on sessions that devkeepd has for users without rights.</summary>
internal sealed class SessionCommand : Command
{
    internal SessionCommand(CliHost host)
        : base("session", "Have devkeepd carry memory and devices over a kexec, without rights, and take them up again")
    {
        Subcommands.Add(new SessionListCommand(host));
        Subcommands.Add(new SessionPreserveCommand(host));
        Subcommands.Add(new SessionStepCommand(host, "freeze", "Freeze", "Say that a session is complete: a jump takes it along", "freeze vm", "before the jump"));
        Subcommands.Add(new SessionStepCommand(host, "thaw", "Thaw", "Go back, and work on in this kernel; the session's devices are anybody's whom the policy gives them", "thaw vm", "the jump was called off"));
        Subcommands.Add(new SessionStepCommand(host, "discard", "Discard", "Give a session up, before the jump or after it", "discard vm", "its memory is nobody's but the programs' that have it open"));
        Subcommands.Add(new SessionRestoreCommand(host));
        Subcommands.Add(new SessionStepCommand(host, "finish", "Finish", "End a session that was restored", "finish vm", "the program that it was restored for has all that it needs"));
    }
}
