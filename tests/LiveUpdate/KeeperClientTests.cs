using Devices.LiveUpdate;

namespace Devices.Tests.LiveUpdate;

public sealed class KeeperClientTests : FdKeeperContract, IDisposable
{
    private readonly KeeperRig _rig = new();
    private readonly KeeperClient _client;

    public KeeperClientTests() => _client = _rig.Connect();

    private protected override IFdKeeper Keeper => _client;

    public void Dispose()
    {
        GiveUpEverything(_client);
        _client.Dispose();
        _rig.Dispose();
    }
}
