using System.CommandLine;
using Devices.Linux;
using Devices.LiveUpdate;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary><c>devkeep record show</c>.</summary>
internal sealed class RecordShowCommand : DevkeepCommand
{
    // Two slots of the largest record there can be; what is longer is another file.
    private const long MaxLength = 256L << 20;

    private readonly Argument<string?> _file = new("FILE")
    {
        Description = "A copy of the record's memfd, or the memfd itself (/proc/PID/fd/N)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<SessionName> _session = SessionOption.Create();
    private readonly Option<string> _keeper = KeeperOption.Create();

    internal RecordShowCommand(CliHost host)
        : base(
            host,
            "show",
            "Show what a state record says; nothing is retrieved, restored or written",
            new CommandExample("record show record.bin", "a file"),
            new CommandExample("record show --session lab", "the record of a session that the keeper holds"))
    {
        _session.Required = false;
        Arguments.Add(_file);
        Options.Add(_session);
        Options.Add(_keeper);
        Validators.Add(result =>
        {
            if ((result.GetValue(_file) is null) == (result.GetResult(_session) is null))
                result.AddError("Give a file, or the session of a record that the keeper holds by --session.");
        });
    }

    private protected override int Run(ParseResult parsed, CommandRun run)
    {
        var bytes = parsed.GetValue(_file) is { } path
            ? Read(FileDescriptor.Open(path, OpenMode.ReadOnly))
            : Read(FromKeeper(parsed.GetRequiredValue(_keeper), parsed.GetValue(_session)));
        run.Output.Write(RecordResult.Of(RecordInspector.Inspect(bytes)), DevkeepJson.Shapes.RecordResult, RecordView.Render);
        return ExitCode.Success;
    }

    private static FileDescriptor FromKeeper(string socket, SessionName session)
    {
        using var keeper = KeeperClient.Connect(socket);
        return keeper.Get($"{session}/record")
            ?? throw new UserException($"The keeper holds no record of a session '{session}': devkeep status shows what it holds. After the jump, a session is retrieved by devkeep restore --session {session} --verify-only.");
    }

    private static byte[] Read(FileDescriptor fd)
    {
        using (fd)
        {
            var length = fd.Length;
            if (length > MaxLength)
                throw new UserException($"{fd.Subject} has {length} bytes, more than a state record can have.");
            var bytes = new byte[length];
            fd.ReadExactlyAt(bytes, 0);
            return bytes;
        }
    }
}
