namespace Devices.LiveUpdate;

/// <summary>One parameter of a kernel command line.</summary>
/// <param name="Name">The name as it was written; <c>-</c> and <c>_</c> are the same to the kernel.</param>
/// <param name="Value">What follows the first <c>=</c>, without the quotes around it; null for a parameter without <c>=</c>.</param>
public readonly record struct KernelParameter(string Name, string? Value)
{
    /// <summary>Whether this parameter has that name, as the kernel compares them (<c>parameq</c>): <c>-</c> equals <c>_</c>, case counts.</summary>
    /// <param name="name">The name to compare with.</param>
    /// <returns>Whether the kernel takes both for the same parameter.</returns>
    public bool Is(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length != Name.Length)
            return false;
        for (var i = 0; i < name.Length; i++)
        {
            if (Fold(name[i]) != Fold(Name[i]))
                return false;
        }
        return true;
    }

    private static char Fold(char c) => c == '-' ? '_' : c;
}
