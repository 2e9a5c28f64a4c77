using Devices.HwTests.Broker;
using Devices.HwTests.Cli;
using Devices.HwTests.Lab;
using Devices.HwTests.Vfio;
using Devices.LiveUpdate;
using Devices.Pci;
using Devices.Preservation;
using NextKernel = Devices.HwTests.Lab.NextKernel;

namespace Devices.HwTests.Systemd;

/// <summary>
/// The whole way with systemd as PID 1 of both kernels: a client without rights has devkeepd preserve its memory and device while the services are killed under it, root jumps with memory and a device of
/// its own, and in the next kernel the units that are enabled have it all for its owners.
/// </summary>
[Guest("systemd")]
public sealed class UnitsOverKexecTests
{
    private const string Socket = ClientSessionsOverKexec.SocketPath;
    private const string Rows = "rows";
    private const int RowsLength = 4 << 20;

    private static PciAddress Nvme => ClientSessionsOverKexec.Nvme;

    private static PciAddress OfRoot => PciAddress.Parse(Rig.ByClass(BoundDevice.NvmeClass)[1]);

    [Fact, BeforeKexec("units")]
    public void Preserve_and_jump_while_the_services_are_killed()
    {
        foreach (var address in new[] { Nvme, OfRoot }) new DriverBinding().Bind(PciFunction.Open(address), "vfio-pci");
        Units.WriteToStay("devkeep/devkeepd.json", $$"""
            {
              "rules": [
                { "name": "owner", "user": "{{SessionGuest.Owner}}", "devices": ["{{Nvme}}"], "sessions": 3, "sessionMemoryMiB": 65 }
              ]
            }
            """);
        Units.WriteToStay($"systemd/system/{Units.Devkeepd}.d/keeper.conf", $"""
            [Unit]
            Wants={Units.Keeper}
            After={Units.Keeper}

            [Service]
            ExecStart=
            ExecStart=/usr/bin/devkeepd --policy {Units.PolicyPath} --keeper {KeeperServer.DefaultSocketPath}
            """);
        Units.Enable(Units.Keeper);
        Units.Enable(Units.Restore);
        Units.Enable(Units.DevkeepdSocket);
        Units.Enable(Units.Devkeepd); // devices that came over are claimed at its start
        Units.Do("daemon-reload");
        Units.Do("start", Units.DevkeepdSocket, Units.Devkeepd);
        using (var keeper = KeeperClient.Connect())
        {
            NamedMemory.Create(keeper, Rows, RowsLength);
            using var rows = NamedMemory.Open(keeper, Rows)!;
            rows.Fd.WriteExactlyAt(Pattern(), 0);
        }

        using var owner = SessionGuest.Start(SessionGuest.Owner, "preserve", Socket, Nvme);
        owner.Await("preserved");
        Units.Kill(Units.Keeper);
        Units.Kill(Units.Devkeepd);
        owner.Continue();
        owner.Await("frozen");
        Units.Do("restart", Units.Keeper); // and devkeepd goes on with the new one
        owner.Continue();
        owner.Await("frozen again");
        owner.Continue();
        Assert.Equal(0, owner.ExitCode);

        NextKernel.Announce();
        var (code, _, error) = Devkeep.Run(
            "update", "--memory", Rows, "--driver", "nvme", "--require", "warm", "--kernel", NextKernel.ImagePath, "--append", "devkeep.phase=after", "--lose-unfrozen", OfRoot.ToString());
        Assert.Fail($"devkeep update came back with {code}: {error}");
    }

    [Fact, AfterKexec("units")]
    public void The_units_of_the_next_kernel_have_it_all()
    {
        Units.Await(Units.Restore, "ActiveState", "active");
        Units.Await(Units.Devkeepd, "ActiveState", "active");
        Assert.Equal("vfio-pci", PciFunction.Open(Nvme).Driver);
        using (var root = new SessionCaller(Socket))
        {
            // What was not frozen is lost.
            Assert.Equal(
                [(SessionGuest.Session, SessionGuest.Owner), (SessionGuest.Shell, SessionGuest.Owner)],
                root.List().Select(static session => (session.Name, (int)session.User)));
        }

        // What came over survives the services here too.
        Units.Kill(Units.Keeper);
        using (var keeper = KeeperClient.Connect())
        using (var rows = NamedMemory.Open(keeper, Rows)!)
        {
            var content = new byte[RowsLength];
            rows.Fd.ReadExactlyAt(content, 0);
            Assert.True(content.AsSpan().SequenceEqual(Pattern()));
            Assert.Contains(keeper.List(), static held => held.Name == $"update/device/{OfRoot}");
        }

        // At another boot, over which nothing came, it has nothing to do.
        Units.Do("restart", Units.Restore);
        using (var owner = SessionGuest.Start(SessionGuest.Owner, "restore", Socket, Nvme))
        {
            owner.Await("restored");
            owner.Continue();
            Assert.Equal(0, owner.ExitCode);
        }

        using (var root = new SessionCaller(Socket)) root.Discard(Assert.Single(root.List()).KernelName);
        using (var keeper = KeeperClient.Connect())
        {
            foreach (var held in keeper.List()) keeper.Remove(held.Name);
        }

        Units.Await(Units.Keeper, "NFileDescriptorStore", "0");
    }

    private static byte[] Pattern()
    {
        var pattern = new byte[RowsLength];
        new Random(31).NextBytes(pattern);
        return pattern;
    }
}
