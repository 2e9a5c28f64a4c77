using Devices.Varlink;
using FsCheck;
using FsCheck.Fluent;

namespace Devices.Tests.Varlink;

public sealed class VarlinkDescriptionTests
{
    private const string Example = """
        # A comment.
        interface org.example.more-1

        type Kind (disk, net)
        type Thing (
          name: string,  # its name
          kind: Kind,
          sizes: []int,
          tags: [string]?bool,
          inner: ?(ratio: float, raw: object)
        )

        method Find(kind: ?Kind) -> (things: []Thing)
        method Reset() -> ()

        error Busy (holder: int)
        """;

    [Fact]
    public void A_description_is_read()
    {
        var description = VarlinkDescription.Parse(Example);
        Assert.Equal("org.example.more-1", description.Name);
        Assert.Equal(Example, description.Text);
        Assert.Equal(["disk", "net"], Assert.IsType<VarlinkType.Enum>(description.Types["Kind"]).Values);
        var thing = Assert.IsType<VarlinkType.Struct>(description.Types["Thing"]);
        Assert.Equal(["name", "kind", "sizes", "tags", "inner"], thing.Fields.Select(static field => field.Name));
        Assert.Equal(new VarlinkType.Named("Kind"), thing.Fields[1].Type);
        Assert.Equal(new VarlinkType.Array(new VarlinkType.Int()), thing.Fields[2].Type);
        Assert.Equal(new VarlinkType.Map(new VarlinkType.Maybe(new VarlinkType.Bool())), thing.Fields[3].Type);
        var inner = Assert.IsType<VarlinkType.Struct>(Assert.IsType<VarlinkType.Maybe>(thing.Fields[4].Type).Type);
        Assert.Equal([new VarlinkField("ratio", new VarlinkType.Float()), new VarlinkField("raw", new VarlinkType.Any())], inner.Fields);
        Assert.Empty(description.Methods["Reset"].Parameters.Fields);
        Assert.Equal("things", Assert.Single(description.Methods["Find"].Returns.Fields).Name);
        Assert.Equal("holder", Assert.Single(description.Errors["Busy"].Fields).Name);
    }

    [Theory]
    [InlineData("", 1, "interface")]
    [InlineData("interface example", 1, "no name of an interface")]
    [InlineData("interface org..example", 1, "no name of an interface")]
    [InlineData("interface org.example\nmethod a() -> ()", 2, "capital")]
    [InlineData("interface org.example\nmethod A()", 2, "'->' is missing")]
    [InlineData("interface org.example\nmethod A(a) -> ()", 2, "fields have types")]
    [InlineData("interface org.example\ntype A (a, b: int)", 2, "enum's values none")]
    [InlineData("interface org.example\ntype A (a: int, a: int)", 2, "a stands twice")]
    [InlineData("interface org.example\ntype A (a: Nobody)", 2, "no type Nobody")]
    [InlineData("interface org.example\ntype A (a: ??int)", 2, "?? is no type")]
    [InlineData("interface org.example\ntype A (a: [int]int)", 2, "'string' is missing")]
    [InlineData("interface org.example\ntype A (a: number)", 2, "no type number")]
    [InlineData("interface org.example\n\nerror A ()\nerror A ()", 4, "A stands twice")]
    [InlineData("interface org.example\nconst A ()", 2, "neither type nor method nor error")]
    public void What_is_wrong_is_told_with_its_line(string text, int line, string problem)
    {
        var fault = Assert.Throws<VarlinkSyntaxException>(() => VarlinkDescription.Parse(text));
        Assert.Equal(line, fault.Line);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_does_not_end_the_stack()
        => Assert.Throws<VarlinkSyntaxException>(() => VarlinkDescription.Parse("interface org.example\ntype A (a: " + string.Concat(Enumerable.Repeat("[]", 100_000)) + "int)"));

    [Fact]
    public void Whatever_is_cut_from_a_description_or_put_into_it_is_read_or_refused()
        => Prop.ForAll(
            (from at in Gen.Choose(0, Example.Length)
             from length in Gen.Choose(0, 12)
             from put in Gen.Elements("", "(", ")", "[]", "?", ":", ",", "#", "type", "A", "->", "\0", "é")
             select Example[..at] + put + Example[Math.Min(Example.Length, at + length)..]).ToArbitrary(),
            static text =>
            {
                try
                {
                    return VarlinkDescription.Parse(text).Name.Length > 0;
                }
                catch (VarlinkSyntaxException fault)
                {
                    return fault.Line >= 1;
                }
            }).QuickCheckThrowOnFailure();
}
