using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Devices.Cli;

/// <summary>Prints a result once: as JSON, as tables on a terminal, or as plain text.</summary>
internal sealed class ResultWriter(CliHost host, bool json)
{
    /// <summary>Whether the result is for a program.</summary>
    internal bool IsJson => json;

    internal void Write<T>(T result, JsonTypeInfo<T> shape, Func<T, Report> render) => Write(result, () => shape, render);

    /// <summary>The same, and the shape, which costs much to make, is made only for a program.</summary>
    internal void Write<T>(T result, Func<JsonTypeInfo<T>> shape, Func<T, Report> render)
    {
        if (json)
        {
            WriteJson(result, shape());
            return;
        }

        if (host.OutIsTerminal)
            TerminalReportWriter.Write(render(result), host.Out);
        else
            host.Out.Write(Plain(render(result)));
        host.Out.Flush();
    }

    /// <summary>Prints a result as JSON, whether that was asked for or not.</summary>
    internal void WriteJson<T>(T result, JsonTypeInfo<T> shape)
    {
        host.Out.WriteLine(JsonSerializer.Serialize(result, shape));
        host.Out.Flush();
    }

    // In one piece: line by line it would be a system call each.
    private static string Plain(Report report)
    {
        using var text = new StringWriter();
        PlainReportWriter.Write(report, text);
        return text.ToString();
    }
}
