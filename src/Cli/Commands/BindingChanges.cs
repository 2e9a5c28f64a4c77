using Devices.Pci;

namespace Devices.Cli;

/// <summary>Changes the drivers of several functions one after the other; if one fails, says which are done.</summary>
internal static class BindingChanges
{
    internal static BindingResult Make(IReadOnlyList<PciFunction> functions, Action<PciFunction> change, CommandRun run)
    {
        var changes = new List<BindingChange>();
        foreach (var function in functions)
        {
            var before = function.Driver;
            try
            {
                change(function);
            }
            catch when (changes.Count > 0)
            {
                run.Note($"done before the failure: {string.Join(", ", changes.Select(static done => $"{done.Address} ({done.After ?? "no driver"})"))}.");
                throw;
            }

            changes.Add(new BindingChange(function.Address.ToString(), before, function.Driver, function.VfioCdevName));
        }

        return new BindingResult(changes);
    }
}
