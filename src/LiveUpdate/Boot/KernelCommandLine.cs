using System.Text;

namespace Devices.LiveUpdate;

/// <summary>
/// A kernel command line: parameters, then, after <c>--</c>, arguments for init. Immutable: every change makes a new one, and what is not changed keeps
/// its text to the letter.
/// </summary>
/// <remarks>
/// Read as the kernel reads it (<c>next_arg</c> in lib/cmdline.c, <c>parse_args</c> in kernel/params.c): blanks separate, <c>"</c> protects blanks and
/// cannot be escaped, <c>-</c> and <c>_</c> are equal in names, a lone <c>--</c> ends the kernel's part.
/// </remarks>
public sealed class KernelCommandLine
{
    /// <summary>The kernel's buffer in bytes, terminator included (<c>COMMAND_LINE_SIZE</c> on x86). What does not fit is cut off silently.</summary>
    public const int BufferSize = 2048;

    /// <summary>The longest list that vfio-pci's <c>ids</c> can hold, in bytes: its buffer without the terminator.</summary>
    public const int VfioPciIdsMaxLength = 1023;

    private const string VfioPciIdsName = "vfio-pci.ids";

    private readonly Word[] _words;
    private readonly string? _initArguments;

    private KernelCommandLine(Word[] words, string? initArguments)
    {
        // A quote that is never closed takes in all that follows: what is put behind it would be lost without a sign.
        var open = Array.FindIndex(words, word => word.IsOpen);
        if (open >= 0 && (open < words.Length - 1 || initArguments is not null))
            throw new InvalidOperationException($"The command line ends inside of a quote ({words[open].Text}), and nothing can be put behind it: close the quote first.");
        _words = words;
        _initArguments = initArguments;
    }

    /// <summary>The command line with nothing on it.</summary>
    public static KernelCommandLine Empty { get; } = new([], null);

    /// <summary>The parameters for the kernel, in order, repeated ones included.</summary>
    public IReadOnlyList<KernelParameter> Parameters => Array.ConvertAll(_words, word => word.Parameter);

    /// <summary>What follows <c>--</c>, as it was written; null when there is no <c>--</c>.</summary>
    public string? InitArguments => _initArguments;

    /// <summary>The length in bytes of UTF-8, without a terminator.</summary>
    public int ByteLength => Encoding.UTF8.GetByteCount(ToString());

    /// <summary>The entries of <c>vfio-pci.ids</c>. Of several, the kernel takes the last parameter.</summary>
    /// <exception cref="FormatException">The list holds something that vfio-pci would ignore with a warning.</exception>
    public IReadOnlyList<VfioPciId> VfioPciIds
    {
        get
        {
            var ids = new List<VfioPciId>();
            foreach (var text in (Get(VfioPciIdsName) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!VfioPciId.TryParse(text, out var id))
                    throw new FormatException($"{VfioPciIdsName} holds '{text}', which is not vendor:device[:subvendor[:subdevice[:class[:class_mask]]]] in hexadecimal.");
                ids.Add(id);
            }
            return ids;
        }
    }

    /// <summary>The command line of the running kernel.</summary>
    /// <returns>What <c>/proc/cmdline</c> says.</returns>
    /// <exception cref="FormatException"><c>/proc/cmdline</c> is not UTF-8, so that it could not be handed on unchanged.</exception>
    public static KernelCommandLine ReadRunning()
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        try
        {
            return Parse(strict.GetString(File.ReadAllBytes("/proc/cmdline")).TrimEnd('\n'));
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("/proc/cmdline is not UTF-8: the next kernel's command line cannot be composed from it without changing it.", e);
        }
    }

    /// <summary>Reads a command line. Any text without NUL is one; what the kernel makes of odd quotes is what this makes of them.</summary>
    /// <param name="text">The command line.</param>
    /// <returns>The parameters found in it.</returns>
    /// <exception cref="ArgumentException"><paramref name="text"/> contains NUL, where the kernel would stop reading.</exception>
    public static KernelCommandLine Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A kernel command line cannot contain NUL.", nameof(text));
        var words = new List<Word>();
        var position = SkipBlanks(text, 0);
        while (position < text.Length)
        {
            var word = NextWord(text, ref position);
            if (word.Parameter is { Name: "--", Value: null })
                return new KernelCommandLine([.. words], text[position..].TrimEnd());
            words.Add(word);
        }
        return new KernelCommandLine([.. words], null);
    }

    /// <summary>
    /// The start of the next kernel's command line: the running kernel's without what the boot loader put there for itself (<c>BOOT_IMAGE</c>, <c>initrd</c>), with
    /// <c>kho=on liveupdate=on</c>. Everything else stays, since the next kernel needs the same <c>pci=</c>, <c>iommu=</c> and ACS options.
    /// </summary>
    /// <param name="running">The running kernel's command line.</param>
    /// <returns>A command line to change further.</returns>
    public static KernelCommandLine ForNextKernel(KernelCommandLine running)
    {
        ArgumentNullException.ThrowIfNull(running);
        return running.Without("BOOT_IMAGE").Without("initrd").With("kho", "on").With("liveupdate", "on");
    }

    /// <summary>Whether a parameter is there, with a value or without.</summary>
    /// <param name="name">Its name; <c>-</c> and <c>_</c> are equal.</param>
    /// <returns>Whether it is there.</returns>
    public bool Has(string name) => Array.Exists(_words, word => word.Parameter.Is(name));

    /// <summary>The value of a parameter: of several, the last one's, which is the one that counts for all parameters that hold one value.</summary>
    /// <param name="name">Its name; <c>-</c> and <c>_</c> are equal.</param>
    /// <returns>The value; null when it has none or is not there (ask <see cref="Has"/>).</returns>
    public string? Get(string name)
    {
        var index = Array.FindLastIndex(_words, word => word.Parameter.Is(name));
        return index < 0 ? null : _words[index].Parameter.Value;
    }

    /// <summary>All values of a parameter that may be given more than once, such as <c>console</c>.</summary>
    /// <param name="name">Its name; <c>-</c> and <c>_</c> are equal.</param>
    /// <returns>The values in order; null for an occurrence without one.</returns>
    public IReadOnlyList<string?> GetAll(string name) =>
        [.. from word in _words where word.Parameter.Is(name) select word.Parameter.Value];

    /// <summary>The value of a switch such as <c>kho</c>, as the kernel reads it (<c>kstrtobool</c>); of several, the last one that can be read.</summary>
    /// <param name="name">Its name; <c>-</c> and <c>_</c> are equal.</param>
    /// <returns>On, off, or null when the command line does not say.</returns>
    public bool? GetSwitch(string name) =>
        (from value in GetAll(name) let state = ParseSwitch(value) where state is not null select state).LastOrDefault();

    /// <summary>Sets a parameter: replaces its last occurrence, drops the others, or adds it before <c>--</c>.</summary>
    /// <param name="name">Its name: printable ASCII without blanks, quotes and <c>=</c>.</param>
    /// <param name="value">Printable ASCII without <c>"</c>, which cannot be escaped; null for a parameter without <c>=</c>.</param>
    /// <returns>The changed command line.</returns>
    /// <exception cref="ArgumentException">The name or the value cannot be written on a command line.</exception>
    /// <exception cref="InvalidOperationException">The command line ends inside of a quote, which would take the parameter in.</exception>
    public KernelCommandLine With(string name, string? value = null)
    {
        var word = Write(name, value);
        var last = Array.FindLastIndex(_words, other => other.Parameter.Is(name));
        if (last < 0)
            return new KernelCommandLine([.. _words, word], _initArguments);
        var words = new List<Word>(_words.Length);
        for (var i = 0; i < _words.Length; i++)
        {
            if (i == last)
                words.Add(word);
            else if (!_words[i].Parameter.Is(name))
                words.Add(_words[i]);
        }
        return new KernelCommandLine([.. words], _initArguments);
    }

    /// <summary>Adds one more occurrence of a parameter at the end, before <c>--</c>.</summary>
    /// <param name="name">Its name: printable ASCII without blanks, quotes and <c>=</c>.</param>
    /// <param name="value">Printable ASCII without <c>"</c>; null for a parameter without <c>=</c>.</param>
    /// <returns>The changed command line.</returns>
    /// <exception cref="ArgumentException">The name or the value cannot be written on a command line.</exception>
    /// <exception cref="InvalidOperationException">The command line ends inside of a quote, which would take the parameter in.</exception>
    public KernelCommandLine WithAppended(string name, string? value = null) => new([.. _words, Write(name, value)], _initArguments);

    /// <summary>Removes every occurrence of a parameter.</summary>
    /// <param name="name">Its name; <c>-</c> and <c>_</c> are equal.</param>
    /// <returns>The changed command line, or this one when it was not there.</returns>
    public KernelCommandLine Without(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Has(name) ? new KernelCommandLine(Array.FindAll(_words, word => !word.Parameter.Is(name)), _initArguments) : this;
    }

    /// <summary>Sets what follows <c>--</c>.</summary>
    /// <param name="arguments">The arguments for init; null removes the <c>--</c>.</param>
    /// <returns>The changed command line.</returns>
    /// <exception cref="ArgumentException"><paramref name="arguments"/> contains NUL.</exception>
    /// <exception cref="InvalidOperationException">The command line ends inside of a quote.</exception>
    public KernelCommandLine WithInitArguments(string? arguments)
    {
        if (arguments?.Contains('\0', StringComparison.Ordinal) == true)
            throw new ArgumentException("Arguments for init cannot contain NUL.", nameof(arguments));
        return new KernelCommandLine(_words, arguments?.Trim());
    }

    /// <summary>Sets the list of devices that vfio-pci takes at boot; an empty one removes the parameter.</summary>
    /// <param name="ids">The entries; repeated ones are written once.</param>
    /// <returns>The changed command line.</returns>
    /// <exception cref="ArgumentException">The list is longer than vfio-pci's buffer: the module would refuse all of it.</exception>
    public KernelCommandLine WithVfioPciIds(params IEnumerable<VfioPciId> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var list = string.Join(',', ids.Distinct());
        if (list.Length > VfioPciIdsMaxLength)
            throw new ArgumentException($"{VfioPciIdsName} would be {list.Length} bytes long; vfio-pci takes at most {VfioPciIdsMaxLength}.", nameof(ids));
        return list.Length == 0 ? Without(VfioPciIdsName) : With(VfioPciIdsName, list);
    }

    /// <summary>The command line as the kernel gets it.</summary>
    /// <returns>The parameters with one blank between them, then <c>--</c> and init's arguments if there are any.</returns>
    public override string ToString()
    {
        var text = string.Join(' ', from word in _words select word.Text);
        if (_initArguments is null)
            return text;
        var separator = text.Length == 0 ? "--" : text + " --";
        return _initArguments.Length == 0 ? separator : $"{separator} {_initArguments}";
    }

    private static Word Write(string name, string? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0 || name == "--" || name.AsSpan().ContainsAnyExceptInRange('!', '~') || name.AsSpan().ContainsAny('=', '"'))
            throw new ArgumentException($"'{name}' is not a parameter name: it takes printable ASCII without blanks, quotes and '='.", nameof(name));
        if (value is null)
            return new Word(name, new KernelParameter(name, null), IsOpen: false);
        // The kernel's parser works on bytes and takes 0xA0 for a blank: beyond ASCII nothing is safe.
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ArgumentException($"The value of {name} must be printable ASCII.", nameof(value));
        if (value.Contains('"', StringComparison.Ordinal))
            throw new ArgumentException($"The value of {name} cannot contain '\"': the kernel has no way to escape it.", nameof(value));
        var text = value.Contains(' ', StringComparison.Ordinal) ? $"{name}=\"{value}\"" : $"{name}={value}";
        return new Word(text, new KernelParameter(name, value), IsOpen: false);
    }

    // next_arg of lib/cmdline.c, without writing into its argument.
    private static Word NextWord(string text, ref int position)
    {
        var quoted = text[position] == '"';
        var start = quoted ? position + 1 : position;
        var inQuote = quoted;
        var equals = -1;
        var end = start;
        for (; end < text.Length; end++)
        {
            var c = text[end];
            if (IsBlank(c) && !inQuote)
                break;
            // The kernel means "none yet" by 0, so a '=' in the first place is part of the name.
            if (c == '=' && equals < 0 && end > start)
                equals = end;
            if (c == '"')
                inQuote = !inQuote;
        }
        var raw = text[position..end];
        position = SkipBlanks(text, end);

        var last = end;
        if (equals < 0)
        {
            if (quoted && last > start && text[last - 1] == '"')
                last--;
            return new Word(raw, new KernelParameter(text[start..last], null), inQuote);
        }
        var value = equals + 1;
        if (value < end && text[value] == '"')
        {
            value++;
            if (text[end - 1] == '"')
                last = end - 1;
        }
        if (quoted && last == end && text[end - 1] == '"')
            last--;
        // A lone quote after '=' is opening and closing quote in one.
        return new Word(raw, new KernelParameter(text[start..equals], last > value ? text[value..last] : ""), inQuote);
    }

    private static int SkipBlanks(string text, int position)
    {
        while (position < text.Length && IsBlank(text[position]))
            position++;
        return position;
    }

    private static bool IsBlank(char c) => c is ' ' or (>= '\t' and <= '\r');

    private static bool? ParseSwitch(string? value) => value switch
    {
        null or "" => null,
        _ => (char.ToLowerInvariant(value[0]), value.Length > 1 ? char.ToLowerInvariant(value[1]) : '\0') switch
        {
            ('e' or 'y' or 't' or '1', _) => true,
            ('d' or 'n' or 'f' or '0', _) => false,
            ('o', 'n') => true,
            ('o', 'f') => false,
            _ => null,
        },
    };

    private readonly record struct Word(string Text, KernelParameter Parameter, bool IsOpen);
}
