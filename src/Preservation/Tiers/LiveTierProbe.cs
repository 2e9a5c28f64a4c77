using Devices.Linux;
using Devices.LiveUpdate;

namespace Devices.Preservation;

/// <summary>Asks the running kernel whether it preserves VFIO devices, by trying it in a session that is discarded at once.</summary>
public static class LiveTierProbe
{
    /// <summary>Asks.</summary>
    /// <param name="keeper">Who makes the session.</param>
    /// <param name="device">A VFIO device's descriptor.</param>
    /// <returns>Whether the kernel took it; null if the question could not be put.</returns>
    /// <remarks><c>LIVEUPDATE_SESSION_PRESERVE_FD</c>: ENOENT where no handler knows the file.</remarks>
    public static bool? Ask(IFdKeeper keeper, FileDescriptor device)
    {
        ArgumentNullException.ThrowIfNull(keeper);
        var session = new SessionName($"devkeep-probe-{Environment.ProcessId}");
        var name = $"{session}/device";
        try
        {
            keeper.CreateSession(session);
        }
        catch (Exception failure) when (failure is LinuxException or KeeperException)
        {
            return null; // no LUO, or it is busy: the preflight's other checks say so
        }

        try
        {
            keeper.Put(name, device, replace: true);
            keeper.Preserve(session, name, new FdToken(1));
            return true;
        }
        catch (LinuxException failure) when (failure.Errno == Errno.ENOENT)
        {
            return false;
        }
        catch (LinuxException)
        {
            return null;
        }
        finally
        {
            keeper.Discard(session);
            keeper.Remove(name);
        }
    }
}
