using System.Diagnostics;
using System.Text.Json;

namespace Devices.HwTests.Cli;

/// <summary>The published command, as a shell runs it.</summary>
internal static class Devkeep
{
    internal static (int Code, string Output, string Error) Run(params string[] args)
    {
        using var process = Start(redirect: true, args);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Runs it and expects that it succeeds.</summary>
    internal static JsonElement Json(params string[] args)
    {
        var (code, output, error) = Run([.. args, "--json"]);
        Assert.True(code == 0, $"devkeep {string.Join(' ', args)}: {code}\n{error}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    internal static Process Start(bool redirect, params string[] args)
    {
        Skip.IfNot(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(static folder => File.Exists(Path.Combine(folder, "devkeep"))), "devkeep is not on the PATH: publish src/Cli first");
        return Process.Start(new ProcessStartInfo("devkeep", args) { RedirectStandardOutput = redirect, RedirectStandardError = redirect, UseShellExecute = false })!;
    }
}
