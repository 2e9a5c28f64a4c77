using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Devices.Linux;

namespace Devices.Tests.Abi;

/// <summary>All in the libraries that bears a name of the kernel's: structs, fields, ioctls, constants. Found by reflection, so that nothing can be left out.</summary>
internal static partial class KernelNames
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] s_assemblies =
    [
        typeof(FileDescriptor).Assembly, typeof(Devices.Pci.PciRegs).Assembly, typeof(Devices.Iommufd.Ioas).Assembly,
        typeof(Devices.LiveUpdate.SessionName).Assembly, typeof(Devices.Vfio.VfioDevice).Assembly,
    ];

    /// <summary>The argument structs of ioctls.</summary>
    internal static IReadOnlyList<Type> Ioctls { get; } = [.. Types().Where(static type => type.IsValueType && typeof(IIoctl).IsAssignableFrom(type))];

    /// <summary>The structs that bear a name of the kernel's.</summary>
    internal static IReadOnlyList<Type> Structs { get; } =
    [
        .. Types().Where(static type => type is { IsValueType: true, IsEnum: false, IsNested: false }
            && KernelStruct().IsMatch(type.Name)
            && type.GetCustomAttribute<InlineArrayAttribute>() is null),
    ];

    /// <summary>The constants and members of enumerations that bear a name of the kernel's, with their bits.</summary>
    internal static IReadOnlyList<(string Name, ulong Value)> Constants { get; } =
    [
        .. Types().SelectMany(static type => type.GetFields(Statics))
            .Where(static field => KernelConstant().IsMatch(field.Name) && (field.IsLiteral || field.IsInitOnly))
            .Select(static field => (field.Name, BitsOf(field.IsLiteral ? field.GetRawConstantValue()! : field.GetValue(null)!))),
    ];

    /// <summary>The ioctls' names. A call without a struct is a number that is computed, and therefore no literal.</summary>
    internal static IReadOnlyList<string> IoctlNames { get; } =
    [
        .. Ioctls.Select(NameOf)
            .Concat(Types().SelectMany(static type => type.GetFields(Statics))
                .Where(static field => field.IsInitOnly && KernelConstant().IsMatch(field.Name))
                .Select(static field => field.Name))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>What users of the libraries see.</summary>
    internal static IReadOnlyList<Type> PublicTypes { get; } = [.. s_assemblies.SelectMany(static assembly => assembly.GetExportedTypes())];

    internal static string NameOf(Type ioctl) => (string)ioctl.GetProperty("Name", Statics)!.GetValue(null)!;

    internal static uint RequestOf(Type ioctl) => (uint)ioctl.GetProperty("Request", Statics)!.GetValue(null)!;

    internal static int SizeOf(Type type) => RuntimeHelpers.SizeOf(type.TypeHandle);

    /// <summary>A struct's fields; what an inline array of the struct's own stands for has no name in the kernel.</summary>
    internal static IEnumerable<(string Name, int Offset, int Size)> FieldsOf(Type type)
        => type.GetFields(Fields).Where(field => field.FieldType.DeclaringType != type)
            .Select(field => (field.Name, OffsetOf(type, field), SizeOf(field.FieldType)));

    internal static IEnumerable<Type> FieldTypesOf(Type type) => type.GetFields(Fields).Select(static field => field.FieldType);

    private static IEnumerable<Type> Types() => s_assemblies.SelectMany(static assembly => assembly.GetTypes());

    // The address of the field less that of a local of its type.
    private static int OffsetOf(Type type, FieldInfo field)
    {
        var method = new DynamicMethod("OffsetOf", typeof(int), Type.EmptyTypes, typeof(KernelNames).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        il.DeclareLocal(type);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }

    private static ulong BitsOf(object value)
        => Type.GetTypeCode(value.GetType()) is TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64
            ? unchecked((ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture))
            : Convert.ToUInt64(value, CultureInfo.InvariantCulture);

    [GeneratedRegex("^(__)?[a-z][a-z0-9_]+$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex KernelStruct();

    [GeneratedRegex("^(VFIO|IOMMU|IOMMUFD|LIVEUPDATE|PCI|WATCHDOG|WDIOC|WDIOF|WDIOS)_[A-Za-z0-9_]+$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex KernelConstant();
}
