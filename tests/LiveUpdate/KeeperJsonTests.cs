using System.Text;
using System.Text.Json;
using Devices.LiveUpdate.Protocol;

namespace Devices.Tests.LiveUpdate;

public sealed class KeeperJsonTests
{
    private const string Id = "11111111-2222-3333-4444-555555555555";
    private static readonly DateTimeOffset s_since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>What goes over the socket is the protocol, which other releases speak too.</summary>
    [Fact]
    public void Members_that_say_nothing_are_left_out()
    {
        Assert.Equal("""{"v":1,"op":"finish"}""", Text(new KeeperRequest { Op = "finish" }));
        Assert.Equal(
            """{"v":1,"op":"op","name":"n","session":"s","token":18446744073709551615,"replace":true,"force":true,"after":"a","skip":7}""",
            Text(new KeeperRequest { Op = "op", Name = "n", Session = "s", Token = ulong.MaxValue, Replace = true, Force = true, After = "a", Skip = 7 }));
        Assert.Equal("""{"v":1}""", Text(new KeeperReply()));
        Assert.Equal("""{"v":1,"found":false}""", Text(new KeeperReply { Found = false }));
        Assert.Equal(
            $$$"""{"v":1,"status":{"pid":1,"bootId":"{{{Id}}}","since":"2026-01-02T03:04:05+00:00","fds":0}}""",
            Text(new KeeperReply { Status = new StatusMessage { Pid = 1, BootId = new Guid(Id), Since = s_since } }));
        Assert.Equal("""{"v":1,"error":{"kind":"keeper","message":"\u00ABm\u00BB"}}""", Text(new KeeperReply { Error = new KeeperError { Message = "«m»" } }));
        Assert.Equal("""{"v":1,"fds":[],"sessions":[]}""", Text(new KeeperReply { Fds = [], Sessions = [] }));
    }

    [Fact]
    public void Each_message_comes_back_as_it_was()
    {
        var request = new KeeperRequest { Op = "op", Name = "n\u20AC\"", Session = "s", Token = 0, Replace = true, Force = true, After = "a", Skip = -7 };
        Assert.Equal(request, KeeperJson.Parse<KeeperRequest>(KeeperJson.Bytes(request), KeeperRequest.Read));
        var fd = new FdMessage { Name = "n", Kind = "Memfd", Target = "t", Since = s_since, Session = "s", Token = 3 };
        var session = new SessionMessage { Name = "s", Incoming = true, Since = s_since };
        var status = new StatusMessage { Pid = 17, BootId = new Guid(Id), Since = s_since, Fds = 4 };
        var error = new KeeperError { Kind = "linux", Message = "m", Problem = "p", Errno = 22, Call = "c", Subject = "s", Remedy = "r" };
        var reply = KeeperJson.Parse<KeeperReply>(KeeperJson.Bytes(new KeeperReply { Error = error, Found = true, Session = "s", Status = status, Fds = [fd, fd with { Session = null, Token = null }], Sessions = [session] }), KeeperReply.Read)!;
        Assert.Equal((1, error, true, "s", status), (reply.Version, reply.Error, reply.Found, reply.Session, reply.Status));
        Assert.Equal([fd, fd with { Session = null, Token = null }], reply.Fds!);
        Assert.Equal([session], reply.Sessions!);
    }

    [Fact]
    public void What_a_newer_release_adds_is_passed_over_and_null_is_as_good_as_nothing()
    {
        var request = KeeperJson.Parse<KeeperRequest>("""{ "new": {"op":"x","a":[1,{}]}, "op":"get", "newer":[[]], "name":null, "token":null, "v":2 } """u8, KeeperRequest.Read)!;
        Assert.Equal(("get", null, null, 2), (request.Op, request.Name, request.Token, request.Version));
        var reply = KeeperJson.Parse<KeeperReply>("""{"error":null,"found":null,"status":null,"fds":null,"sessions":null}"""u8, KeeperReply.Read)!;
        Assert.Equal(new KeeperReply(), reply);
        Assert.Null(KeeperJson.Parse<KeeperRequest>("null"u8, KeeperRequest.Read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{} {}")]
    [InlineData("""{"v":"1"}""")]
    [InlineData("""{"v":null}""")]
    [InlineData("""{"v":1.5}""")]
    [InlineData("""{"v":4294967296}""")]
    [InlineData("""{"op":1}""")]
    [InlineData("""{"op":{}}""")]
    [InlineData("""{"op":"\ud800"}""")]
    [InlineData("""{"token":-1}""")]
    [InlineData("""{"token":true}""")]
    [InlineData("""{"replace":"true"}""")]
    [InlineData("""{"replace":null}""")]
    [InlineData("""{"op":"get",}""")]
    [InlineData("""{"op":"get"}/**/""")]
    public void Other_forms_are_refused(string text)
        => Assert.ThrowsAny<JsonException>(() => KeeperJson.Parse<KeeperRequest>(Encoding.UTF8.GetBytes(text), KeeperRequest.Read));

    [Theory]
    [InlineData("""{"error":"x"}""")]
    [InlineData("""{"found":0}""")]
    [InlineData("""{"status":{"bootId":"x"}}""")]
    [InlineData("""{"status":{"since":"x"}}""")]
    [InlineData("""{"fds":{}}""")]
    [InlineData("""{"fds":[null]}""")]
    [InlineData("""{"fds":[1]}""")]
    [InlineData("""{"sessions":[{"incoming":1}]}""")]
    public void Other_forms_of_an_answer_are_refused(string text)
        => Assert.ThrowsAny<JsonException>(() => KeeperJson.Parse<KeeperReply>(Encoding.UTF8.GetBytes(text), KeeperReply.Read));

    private static string Text(KeeperRequest request) => Encoding.UTF8.GetString(KeeperJson.Bytes(request));

    private static string Text(KeeperReply reply) => Encoding.UTF8.GetString(KeeperJson.Bytes(reply));
}
