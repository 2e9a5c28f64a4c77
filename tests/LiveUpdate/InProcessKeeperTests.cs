using Devices.LiveUpdate;

namespace Devices.Tests.LiveUpdate;

public sealed class InProcessKeeperTests : FdKeeperContract, IDisposable
{
    private readonly InProcessKeeper _keeper = new();

    private protected override IFdKeeper Keeper => _keeper;

    public void Dispose() => GiveUpEverything(_keeper);
}
