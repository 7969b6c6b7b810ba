using System.Reflection;
using System.Runtime.CompilerServices;

namespace Pellucid.Architecture.Tests.Api;

/// <summary>Prints what a library offers to others, one sorted line a member, each with the type that it belongs to.</summary>
internal static class ApiPrinter
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>All lines of an assembly.</summary>
    internal static IEnumerable<string> Print(Assembly assembly) =>
        assembly.GetExportedTypes().OrderBy(TypeName.Full, StringComparer.Ordinal).SelectMany(Print);

    private static IEnumerable<string> Print(Type type)
    {
        string name = TypeName.Full(type);
        string based = string.Join(", ", Bases(type).Order(StringComparer.Ordinal));
        yield return $"{name}: {Kind(type)}{(based.Length == 0 ? "" : $" of {based}")}";
        foreach (string member in Members(type).Distinct().Order(StringComparer.Ordinal))
        {
            yield return $"{name}: {member}";
        }
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(value => $"{value} = {Convert.ToInt64(Enum.Parse(type, value), null)}");
        }

        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return [Signature.Of(type.GetMethod("Invoke")!)];
        }

        return [
            .. type.GetConstructors(Declared).Where(IsOffered).Where(constructor => !IsCopy(constructor)).Select(Signature.Of),
            .. type.GetMethods(Declared).Where(IsOffered).Where(IsWritten).Select(Signature.Of),
            .. type.GetProperties(Declared).Where(property => property.GetAccessors(true).Any(IsOffered)).Select(Signature.Of),
            .. type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly).Select(Signature.Of),
            .. type.GetEvents(Declared).Where(entry => IsOffered(entry.AddMethod!)).Select(Signature.Of),
        ];
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct",
        _ when type.IsSubclassOf(typeof(Delegate)) => "delegate",
        _ => $"{(type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}{(IsRecord(type) ? "record" : "class")}",
    };

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum || type.IsSubclassOf(typeof(Delegate)))
        {
            yield break;
        }

        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            yield return TypeName.Of(parent);
        }

        IEnumerable<Type> inherited = type.BaseType?.GetInterfaces() ?? [];
        foreach (Type contract in type.GetInterfaces().Except(inherited).Where(contract => contract.IsVisible))
        {
            yield return TypeName.Of(contract);
        }
    }

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", Declared) is not null;

    private static bool IsOffered(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>Whether somebody wrote it: neither an accessor nor what the compiler adds to a record.</summary>
    private static bool IsWritten(MethodInfo method) =>
        !method.IsDefined(typeof(CompilerGeneratedAttribute)) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && method.Name != "Finalize";

    private static bool IsCopy(ConstructorInfo constructor) =>
        IsRecord(constructor.DeclaringType!) && constructor.GetParameters() is [{ ParameterType: Type only }] && only == constructor.DeclaringType;
}
