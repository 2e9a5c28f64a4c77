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
        Assert.True(code == 0, $"devkeep {string.Join(' ', args)}: {code}\n{error}\n{output}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    /// <summary>Starts it as a user, without that user's further groups, who may lock so many bytes of memory.</summary>
    internal static Process StartAs(int user, long memlock, params string[] args)
    {
        RequirePublished();
        string[] command = [$"--memlock={memlock}:{memlock}", "setpriv", "--reuid", $"{user}", "--regid", $"{user}", "--clear-groups", "devkeep", .. args];
        return Process.Start(new ProcessStartInfo("prlimit", command) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
    }

    internal static Process Start(bool redirect, params string[] args)
    {
        RequirePublished();
        return Process.Start(new ProcessStartInfo("devkeep", args) { RedirectStandardOutput = redirect, RedirectStandardError = redirect, UseShellExecute = false })!;
    }

    private static void RequirePublished() =>
        Skip.IfNot(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(static folder => File.Exists(Path.Combine(folder, "devkeep"))), "devkeep is not on the PATH: publish src/Cli first");
}
