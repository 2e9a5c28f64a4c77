using System.CommandLine;
using Devices.Preservation;

namespace Devices.Cli;

/// <summary>What becomes of a device that does not come back.</summary>
internal static class OnFailureOption
{
    internal static Option<RestoreFailurePolicy> Create()
    {
        var option = new Option<RestoreFailurePolicy>("--on-failure")
        {
            Description = "What becomes of a device that does not come back as it was kept: stop (the restore, which can be tried again), or cold (it is reset, and keeps its memory) [default: stop]",
            HelpName = "POLICY",
            CustomParser = static result =>
            {
                if (result.Tokens[0].Value is var word && word is not ("stop" or "cold"))
                    result.AddError($"'{word}' is no policy: write stop or cold.");
                return word == "cold" ? RestoreFailurePolicy.Cold : RestoreFailurePolicy.Stop;
            },
        };
        option.CompletionSources.Add("stop", "cold");
        return option;
    }
}
