using Devices.Broker;
using Devices.Pci;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Broker;

/// <summary>Which rules are about a client, and which devices they give.</summary>
public sealed class AccessPolicyTests
{
    private static readonly DeviceFacts s_nvme = new(PciAddress.Parse("0000:01:00.0"), new PciIds(0x1b36, 0x0010, 0, 0), 12);

    [Theory]
    [InlineData("0000:01:00.0", true)]
    [InlineData("01:00.0", true)]
    [InlineData("0000:01:00.1", false)]
    [InlineData("1b36:0010", true)]
    [InlineData("1B36:0010", true)]
    [InlineData("1b36:0011", false)]
    [InlineData("group:12", true)]
    [InlineData("group:1", false)]
    public void A_device_is_named_by_address_by_ids_or_by_group(string selector, bool selects)
        => Assert.Equal(selects, DeviceSelector.TryParse(selector)!.Selects(s_nvme));

    [Fact]
    public void Where_there_is_no_device_only_its_address_gives_it()
    {
        var nothing = new DeviceFacts(s_nvme.Address, null, null);
        Assert.True(DeviceSelector.TryParse("0000:01:00.0")!.Selects(nothing));
        Assert.False(DeviceSelector.TryParse("1b36:0010")!.Selects(nothing));
        Assert.False(DeviceSelector.TryParse("group:12")!.Selects(nothing));
    }

    [Fact]
    public void A_client_has_to_be_all_that_a_rule_names()
    {
        var names = Gen.Elements<string?>(null, "vm.service", "vm@.service", "vm@one.service");
        var users = Gen.Elements<uint?>(null, 0u, 1u, 2u);
        var rules = users.SelectMany(user => users.SelectMany(group => names.Select(unit => new AccessRule("r", user, group, unit, [], 0))));
        var clients = Gen.Choose(0, 2).SelectMany(user => Gen.Choose(0, 2).ListOf().SelectMany(groups => names.Select(unit =>
            new ClientIdentity(1, (uint)user, [.. groups.Select(static group => (uint)group)], unit is "vm@.service" ? null : unit))));
        Prop.ForAll(rules.ToArbitrary(), clients.ToArbitrary(), static (rule, client) =>
        {
            var unit = rule.Unit is null || rule.Unit == client.Unit || (rule.Unit == "vm@.service" && client.Unit == "vm@one.service");
            var expected = (rule.User is null || rule.User == client.UserId) && (rule.Group is null || client.Groups.Contains(rule.Group.Value)) && unit;
            return rule.IsAbout(client) == expected;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Without_a_rule_nothing_is_given_to_root_neither()
    {
        var root = new ClientIdentity(1, 0, [0], null);
        var other = new AccessRule("other", 1000, null, null, [DeviceSelector.TryParse("0000:01:00.0")!], 1);
        var policy = new AccessPolicy([other]);
        Assert.Empty(policy.RulesFor(root));
        Assert.Null(new BrokerClient(root, policy.RulesFor(root)).RuleFor(s_nvme));
        Assert.Same(other, new BrokerClient(root with { UserId = 1000 }, [other]).RuleFor(s_nvme));
    }

    [Theory]
    [InlineData("0::/system.slice/vm.service\n", "vm.service")]
    [InlineData("0::/system.slice/system-vm.slice/vm@one.service/payload\n", "vm@one.service")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/vm.service\n", "user@1000.service")]
    [InlineData("0::/user.slice/user-1000.slice/session-2.scope\n", "session-2.scope")]
    [InlineData("1:name=systemd:/vm.service\n0::/init.scope\n", "init.scope")]
    [InlineData("0::/\n", null)]
    [InlineData("0::/system.slice\n", null)]
    [InlineData("0::/../vm.service\n", null)]
    [InlineData("0::/payload/vm.service\n", null)]
    [InlineData("1:name=systemd:/vm.service\n", null)]
    [InlineData("", null)]
    public void A_unit_is_the_first_below_the_slices(string cgroup, string? unit) => Assert.Equal(unit, SystemdUnit.OfCgroup(cgroup));

    [Theory]
    [InlineData("vm@one.service", "vm@.service")]
    [InlineData("vm@one@two.service", "vm@.service")]
    [InlineData("vm@a.b.scope", "vm@.scope")]
    [InlineData("vm.service", null)]
    public void An_instance_has_a_template(string unit, string? template) => Assert.Equal(template, SystemdUnit.TemplateOf(unit));
}
