using Devices.CloudHypervisor;
using Devices.Drivers;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using Devices.Qemu;
using Devices.Vfio;

namespace Devices.Cli;

/// <summary>
/// Turns a failure into what the user reads. What the libraries throw on purpose carries its own reason and way out and becomes one
/// message; anything else is a fault of the program, and its trace is what whoever mends it needs.
/// </summary>
internal static class FailureReport
{
    internal static int Write(Exception failure, CommandRun run)
    {
        if (IsExpected(failure))
        {
            if (failure is PreflightException refused)
                WriteRefusals(refused.Report, run);
            else
                run.Note(MessageOf(failure));
            if (run.Verbose)
                run.Host.Error.WriteLine(failure);
            return failure is VerificationException or RecordException ? ExitCode.NotAsSaved : ExitCode.Failed;
        }

        run.Note($"fault in devkeep, please report it: {failure}");
        return ExitCode.Fault;
    }

    // "(Parameter 'driver')" is for the caller of a library, not for the user of a command.
    internal static string MessageOf(Exception failure) =>
        failure is ArgumentException { ParamName: { } name }
            ? failure.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal)
            : failure.Message;

    private static void WriteRefusals(PreflightReport report, CommandRun run)
    {
        run.Note("the preflight refused; nothing was touched:");
        foreach (var finding in report.Refusals)
            run.Host.Error.WriteLine($"  {finding}");
    }

    private static bool IsExpected(Exception failure) => failure is
        UserException
        or LinuxException
        or NoIommuException
        or FunctionFailuresException
        or ConfigCacheStoreException
        or SriovRollbackException
        or KeeperException
        or KernelImageException
        or MemberException
        or PreflightException
        or RecordException
        or SessionStateException
        or VerificationException
        or DeviceException
        or DriverStateException
        or QmpException
        or QmpProtocolException
        or QemuMigrationException
        or UnplugRefusedException
        or CloudHypervisorException
        or CloudHypervisorProtocolException
        or ArgumentException
        or FormatException
        or IOException
        or UnauthorizedAccessException
        or TimeoutException;
}
