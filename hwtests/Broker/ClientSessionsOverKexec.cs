using Devices.HwTests.Cli;
using Devices.HwTests.Vfio;
using Devices.LiveUpdate;
using Devices.Pci;

namespace Devices.HwTests.Broker;

/// <summary>Sessions of clients without rights, held by a keeper for devkeepd, in the kernel before a jump and in the one after it.</summary>
internal sealed class ClientSessionsOverKexec : IDisposable
{
    internal const string SocketPath = UsualDevkeepd.SocketPath;
    private readonly UsualDevkeepd _service;

    internal ClientSessionsOverKexec(string keeper)
    {
        _service = new UsualDevkeepd(keeper, $$"""
            {
              "rules": [
                { "name": "owner", "user": "{{SessionGuest.Owner}}", "devices": ["{{Nvme}}"], "sessions": 3, "sessionMemoryMiB": 65 },
                { "name": "stranger", "user": "{{SessionGuest.Stranger}}", "devices": ["{{Nvme}}"], "sessions": 1, "sessionMemoryMiB": 1 }
              ]
            }
            """);
    }

    internal static PciAddress Nvme => BoundDevice.NvmeFunction().Address;

    /// <summary>Preserves and freezes, while the service is killed on the way, twice.</summary>
    internal static ClientSessionsOverKexec Preserve()
    {
        new DriverBinding().Bind(PciFunction.Open(Nvme), "vfio-pci");
        var sessions = new ClientSessionsOverKexec(KeeperServer.DefaultSocketPath);
        using var owner = SessionGuest.Start(SessionGuest.Owner, "preserve", SocketPath, Nvme);
        owner.Await("preserved");
        sessions.Restart();
        owner.Continue();
        owner.Await("frozen");
        sessions.RefuseStranger();
        sessions.Restart();
        sessions.RefuseStranger();
        owner.Continue();
        owner.Await("frozen again");
        owner.Continue();
        Assert.Equal(0, owner.ExitCode);
        return sessions;
    }

    /// <summary>Jumps. That would lose a session which its owner has not frozen: it takes saying so.</summary>
    internal (int Code, string Output, string Error) Kexec(string session)
    {
        var refused = Devkeep.Run("kexec", "--session", session);
        Assert.Equal(1, refused.Code);
        Assert.Contains($":{SessionGuest.Owner}:{SessionGuest.Left}", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain($":{SessionGuest.Owner}:{SessionGuest.Session}", refused.Error, StringComparison.Ordinal);
        return Devkeep.Run("kexec", "--session", session, "--lose-unfrozen");
    }

    internal void RefuseStranger()
    {
        using var stranger = SessionGuest.Start(SessionGuest.Stranger, "stranger", SocketPath, Nvme);
        Assert.Equal(0, stranger.ExitCode);
    }

    internal void Restart() => _service.Restart();

    public void Dispose() => _service.Dispose();
}
