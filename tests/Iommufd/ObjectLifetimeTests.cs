using Devices.Iommufd;
using Devices.Linux;

namespace Devices.Tests.Iommufd;

/// <summary>The graph of objects: who is named as holder, and when what was given up is destroyed.</summary>
public class ObjectLifetimeTests
{
    private readonly List<string> _destroyed = [];
    private readonly HashSet<string> _heldElsewhere = [];

    [Fact]
    public void Holders_are_named_until_they_are_destroyed()
    {
        var parent = Create("parent");
        var first = Create("first", parent);
        var second = Create("second", parent);
        Assert.Equal(["first", "second"], parent.Holders);
        Assert.Equal(Errno.EBUSY, parent.Destroy());
        Assert.False(parent.HasEnded);
        Assert.Equal(Errno.None, first.Destroy());
        Assert.Equal(["second"], parent.Holders);
        second.Leave();
        Assert.Equal(Errno.None, parent.Destroy());
        Assert.Equal(["first", "parent"], _destroyed);
    }

    [Fact]
    public void What_was_given_up_goes_with_its_last_holder()
    {
        var root = Create("root");
        var other = Create("other");
        var middle = Create("middle", root, other);
        var leaf = Create("leaf", middle);
        Assert.Equal(Errno.EBUSY, root.GiveUp());
        Assert.Equal(Errno.EBUSY, middle.GiveUp());
        Assert.Equal(Errno.EBUSY, other.GiveUp());
        Assert.True(root.HasEnded);
        Assert.Equal(["middle"], root.Holders);
        Assert.Empty(_destroyed);
        Assert.Equal(Errno.None, leaf.GiveUp());
        Assert.Equal(["leaf", "middle", "root", "other"], _destroyed);
    }

    [Fact]
    public void What_was_not_given_up_stays()
    {
        var parent = Create("parent");
        var child = Create("child", parent);
        Assert.Equal(Errno.None, child.GiveUp());
        Assert.False(parent.HasEnded);
        Assert.Equal(["child"], _destroyed);
    }

    [Fact]
    public void What_somebody_else_holds_is_tried_again_when_the_last_holder_here_goes()
    {
        var parent = Create("parent");
        var child = Create("child", parent);
        _heldElsewhere.Add("parent");
        Assert.Equal(Errno.EBUSY, parent.GiveUp());
        child.GiveUp();
        Assert.Equal(["child"], _destroyed);
        Assert.True(parent.HasEnded);
    }

    [Fact]
    public void A_refusal_for_another_reason_changes_nothing()
    {
        var parent = Create("parent");
        var child = new ObjectLifetime("child", () => Errno.EIO, parent);
        Assert.Equal(Errno.EIO, child.GiveUp());
        Assert.False(child.HasEnded);
        Assert.Equal(["child"], parent.Holders);
    }

    // Refuses what is held, as the kernel does; that the kernel's graph is this one is shown in the tests on a real one.
    private ObjectLifetime Create(string name, params ReadOnlySpan<ObjectLifetime> parents)
    {
        ObjectLifetime? created = null;
        return created = new ObjectLifetime(name, Destroy, parents);

        Errno Destroy()
        {
            if (created!.IsHeld || _heldElsewhere.Contains(name)) return Errno.EBUSY;
            _destroyed.Add(name);
            return Errno.None;
        }
    }
}
