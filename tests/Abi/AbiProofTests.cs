using System.Diagnostics;
using System.Text;

namespace Devices.Tests.Abi;

/// <summary>
/// Every struct, field, ioctl number and constant that bears a name of the kernel's, against the kernel's own headers: a C program that
/// says where they differ is written, compiled and run.
/// </summary>
public sealed class AbiProofTests
{
    private static readonly string[] s_headers =
    [
        "stddef.h", "stdio.h", "dirent.h", "poll.h", "sys/resource.h", "sys/socket.h", "sys/uio.h", "sys/vfs.h",
        "linux/capability.h", "linux/vfio.h", "linux/iommufd.h", "linux/liveupdate.h", "linux/pci_regs.h", "linux/watchdog.h",
    ];

    [SkippableFact]
    public void All_is_as_the_kernels_headers_have_it()
    {
        Skip.If(UapiHeaders.Folder is null, UapiHeaders.Missing);
        var differences = Run(Program());
        if (differences.Length > 0) Assert.Fail(differences);
    }

    [Fact]
    public void The_libraries_names_are_found()
    {
        Assert.InRange(KernelNames.Structs.Count, 25, int.MaxValue);
        Assert.InRange(KernelNames.Constants.Count, 100, int.MaxValue);
    }

    /// <summary>Where a call takes a struct with another behind it, a nested type of ours puts the two together.</summary>
    [Fact]
    public void The_argument_of_an_ioctl_is_a_struct_of_the_kernels_or_made_of_such()
    {
        var unknown = KernelNames.Ioctls.Except(KernelNames.Structs)
            .Where(static type => !type.IsNested || KernelNames.FieldTypesOf(type).Except(KernelNames.Structs).Any());
        Assert.Equal([], unknown.Select(static type => type.Name));
    }

    private static string Program()
    {
        var c = new StringBuilder();
        foreach (var header in s_headers) c.Append($"#include <{header}>\n");
        c.Append("""
            static unsigned long long checks;
            static void same(const char *what, unsigned long long kernel, unsigned long long ours) {
                checks++;
                if (kernel != ours) printf("%s: 0x%llx in the kernel, 0x%llx here\n", what, kernel, ours);
            }
            #define S(type, bytes) same("sizeof(struct " #type ")", sizeof(struct type), bytes)
            #define F(type, field, offset, bytes) \
                same("offsetof(" #type ", " #field ")", offsetof(struct type, field), offset); \
                same("sizeof(" #type "." #field ")", sizeof(((struct type *)0)->field), bytes)
            #define V(name, value) same(#name, (unsigned long long)(long long)(name), value)
            int main(void) {

            """);
        foreach (var type in KernelNames.Structs)
        {
            c.Append($"S({type.Name}, {KernelNames.SizeOf(type)});\n");
            foreach (var (name, offset, size) in KernelNames.FieldsOf(type)) c.Append($"F({type.Name}, {name}, {offset}, {size});\n");
        }

        foreach (var type in KernelNames.Ioctls) c.Append($"V({KernelNames.NameOf(type)}, {KernelNames.RequestOf(type)}ull);\n");
        foreach (var (name, value) in KernelNames.Constants) c.Append($"V({name}, {value}ull);\n");
        c.Append("fprintf(stderr, \"%llu checks\\n\", checks);\nreturn checks == 0;\n}\n");
        return c.ToString();
    }

    private static string Run(string program)
    {
        var folder = Directory.CreateTempSubdirectory("devkeep-abi");
        try
        {
            var source = Path.Combine(folder.FullName, "abi.c");
            var binary = Path.Combine(folder.FullName, "abi");
            File.WriteAllText(source, program);
            var include = UapiHeaders.Folder!;
            Execute("gcc", "-Werror=overflow", "-o", binary, "-isystem", include, "-isystem", Path.Combine(include, "x86_64-linux-gnu"), source);
            return Execute(binary);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Execute(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {errors.Result}");
        return output;
    }
}
