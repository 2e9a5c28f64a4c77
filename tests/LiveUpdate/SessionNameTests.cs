using System.Text;
using Devices.LiveUpdate;

namespace Devices.Tests.LiveUpdate;

public sealed class SessionNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("devkeep")]
    [InlineData("with blank / and slash")]
    [InlineData("grüße")]
    public void Takes_what_the_kernel_takes(string text)
    {
        Assert.Equal(text, new SessionName(text).Value);
        Assert.True(SessionName.TryCreate(text, out var name));
        Assert.Equal(new SessionName(text), name);
    }

    [Fact]
    public void Counts_bytes_not_characters()
    {
        var sixtyThree = new string('a', 61) + "ü";
        Assert.Equal(63, Encoding.UTF8.GetByteCount(new SessionName(sixtyThree).Value));
        var failure = Assert.Throws<ArgumentException>(() => new SessionName(new string('a', 62) + "ü"));
        Assert.Contains("at most 63 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Contains("64", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a\0b", "NUL")]
    public void Refuses_what_the_kernel_would_refuse_cut_or_change(string text, string reason)
    {
        var failure = Assert.Throws<ArgumentException>(() => new SessionName(text));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.False(SessionName.TryCreate(text, out _));
    }

    [Fact]
    public void Refuses_half_a_character()
    {
        // Not a constant of an attribute: the compiler would store it as U+FFFD.
        var half = new string('\ud800', 1);
        Assert.Contains("surrogate", Assert.Throws<ArgumentException>(() => new SessionName(half)).Message, StringComparison.Ordinal);
        Assert.False(SessionName.TryCreate(half, out _));
    }

    [Fact]
    public void The_default_names_nothing_and_says_so()
    {
        Assert.Throws<InvalidOperationException>(() => default(SessionName).Value);
        Assert.Equal("", default(SessionName).ToString());
        Assert.False(SessionName.TryCreate(null, out _));
    }

    [Fact]
    public void Travels_through_the_kernels_field_unchanged()
    {
        Span<byte> field = stackalloc byte[64];
        field.Fill(0xff);
        var longest = new SessionName(new string('x', 63));
        longest.CopyTo(field);
        Assert.Equal(0, field[63]);
        Assert.Equal(longest, SessionName.FromKernel(field));
        new SessionName("b").CopyTo(field);
        Assert.Equal(new SessionName("b"), SessionName.FromKernel(field));
    }

    [Fact]
    public void A_token_prints_as_its_number() => Assert.Equal("18446744073709551615", new FdToken(ulong.MaxValue).ToString());
}
