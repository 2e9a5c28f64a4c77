using Devices.Broker;
using Devices.HwTests.Broker;
using Devices.HwTests.Endurance;
using Devices.HwTests.LiveUpdate;
using Devices.HwTests.Pci;
using Devices.HwTests.Preservation;
using Devices.HwTests.Runner;
using Devices.HwTests.Sets;
using Devices.HwTests.Siege;
using Devices.HwTests.Systemd;
using Devices.HwTests.Vfio;

const string Usage = """
    Devices.HwTests list [--filter TEXT]      the runs that the tests ask for: GUEST, or GUEST SCENARIO for a pair over a kexec
    Devices.HwTests run [--guest GUEST] [--kexec SCENARIO] [--filter TEXT] [--ended DIRECTORY] [--verbose]
                                              run those tests here, but none that ended in the run whose results the directory has;
                                              DEVKEEP_RESULTS gets the results, DEVKEEP_PHASE picks the half of a pair
    Devices.HwTests report DIRECTORY          the totals of all that ran; DIRECTORY has a directory for each run, and .trx files
    Devices.HwTests devkeepd OPTIONS          be devkeepd: for tests that need it in a process of its own
    Devices.HwTests endure kexecs [--rounds N] [--memory MIB] [--named MIB] [--write KIB] [--busy]
                                              go through many kexecs with all devices of the guest and verify what comes over: in each kernel, beside a keeper
    Devices.HwTests endure keeper             be that keeper
    Devices.HwTests endure report DIRECTORY   the figures of such runs; DIRECTORY has a directory for each
    Devices.HwTests guest SOCKET DEVICE       be a program without rights that drives a device of devkeepd's until it is killed
    Devices.HwTests keeper SOCKET             be a keeper: for tests that need one in a process of its own
    Devices.HwTests managed-guest SOCKET DEVICE
                                              be such a program as a unit of systemd's, which takes up what it had when devkeepd was replaced
    Devices.HwTests session-guest JOB SOCKET DEVICE
                                              be a program without rights whose memory and device go over a kexec
    Devices.HwTests member PHASE DEVICE SOCKET
                                              be a process with a device that goes over a kexec together with others'
    Devices.HwTests vm PHASE PART DEVICE IMAGE
                                              be who runs a VM that goes over a kexec together with others'
    Devices.HwTests memlock MODE DEVICE       map by a back end: for a test that runs it under a limit of lockable memory
    Devices.HwTests siege [--rounds N] [--seed N]
                                              kill devkeepd, its clients, QEMU among them, and a keeper's worker at random points: lab/run endure siege
    Devices.HwTests stranger SOCKET DEVICE    be a program that no rule of devkeepd's policy names, and try all it has
    Devices.HwTests swarm SOCKET COUNT        be a crowd of devkeepd's clients
    Devices.HwTests worker JOB SOCKET [STEP]  be a worker that is about to die: for tests that go on where it left off
    Devices.HwTests record-vm-start FILE      record what a VM's start does to a VF's configuration space: in a guest with VFs
    """;

try
{
    return args switch
    {
        ["list", .. var rest] => Commands.List(RunOptions.Parse(rest)),
        ["run", .. var rest] => Commands.Run(RunOptions.Parse(rest)),
        ["report", var directory] => Commands.Report(directory),
        ["devkeepd", .. var rest] => DevkeepdProgram.Run(rest),
        ["endure", "kexecs", .. var rest] => EnduranceRun.Run(rest),
        ["endure", "keeper"] => KeeperProcess.Run(EnduranceRun.KeeperSocket),
        ["endure", "report", var directory] => EnduranceReport.Write(directory),
        ["guest", var socket, var device] => UnprivilegedGuest.Run(socket, device),
        [ManagedGuest.Command, var socket, var device] => ManagedGuest.Run(socket, device),
        ["session-guest", var job, var socket, var device] => SessionGuest.Run(job, socket, device),
        ["keeper", var socket] => KeeperProcess.Run(socket),
        ["member", var phase, var device, var socket] => MemberProcess.Run(phase, device, socket),
        ["vm", var phase, var part, var device, var image] => VmProcess.Run(phase, part, device, image),
        ["memlock", var mode, var device] => MemlockProcess.Run(mode, device),
        ["siege", .. var rest] => SiegeCommand.Run(rest),
        [SiegeClient.Command, var socket, var device] => SiegeClient.Run(socket, device),
        [SiegeWorker.Command, var socket] => SiegeWorker.Run(socket),
        ["stranger", var socket, var device] => Stranger.Run(socket, device),
        ["swarm", var socket, var count] => Swarm.Run(socket, count),
        ["worker", var job, var socket, .. var rest] => WorkerProcess.Run(job, socket, rest),
        ["record-vm-start", var file] => VmStartRecorder.Run(file),
        _ => throw new UsageException("no such command"),
    };
}
catch (UsageException e)
{
    Console.Error.WriteLine($"hwtests: {e.Message}\n{Usage}");
    return 2;
}
