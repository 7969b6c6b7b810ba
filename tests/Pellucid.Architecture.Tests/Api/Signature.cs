using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Pellucid.Architecture.Tests.Api;

/// <summary>Writes one member as it would stand in C#, near enough for a person and exactly enough for a difference to show.</summary>
internal static class Signature
{
    internal static string Of(ConstructorInfo constructor) => $"{Access(constructor)}new({Parameters(constructor)})";

    internal static string Of(MethodInfo method)
    {
        string generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
        string constraints = string.Concat(method.IsGenericMethodDefinition ? method.GetGenericArguments().Select(TypeName.Constraints) : []);
        return $"{Access(method)}{Modifiers(method)}{TypeName.Of(method.ReturnParameter)} {method.Name}{generic}({Parameters(method)}){constraints}";
    }

    internal static string Of(PropertyInfo property)
    {
        string accessors = string.Join(" ", new[] { Accessor(property.GetMethod, "get;"), Accessor(property.SetMethod, IsInit(property) ? "init;" : "set;") }.OfType<string>());
        MethodInfo first = property.GetAccessors(true)[0];
        string index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"this[{string.Join(", ", parameters.Select(Parameter))}]" : property.Name;
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Modifiers(first)}{required}{TypeName.Of(property)} {index} {{ {accessors} }}";
    }

    internal static string Of(FieldInfo field)
    {
        string kind = field.IsLiteral ? "const " : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}";
        string value = field.IsLiteral ? $" = {Constant(field.GetRawConstantValue())}" : "";
        return $"{kind}{TypeName.Of(field)} {field.Name}{value}";
    }

    internal static string Of(EventInfo entry) => $"{Modifiers(entry.AddMethod!)}event {TypeName.Of(entry.EventHandlerType!)} {entry.Name}";

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string way = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? (parameter.IsIn ? "in " : "ref ") : "";
        string many = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        string fallback = parameter.HasDefaultValue ? $" = {Constant(parameter.DefaultValue)}" : "";
        return $"{many}{way}{TypeName.Of(parameter)} {parameter.Name}{fallback}";
    }

    private static string Constant(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodBase method) => method switch
    {
        { IsStatic: true } => "static ",
        { DeclaringType.IsInterface: true } => "",
        { IsAbstract: true } => "abstract ",
        MethodInfo info when info.GetBaseDefinition() != info => "override ",
        { IsVirtual: true, IsFinal: false } => "virtual ",
        _ => "",
    };

    private static string? Accessor(MethodInfo? method, string word) =>
        method is null || method.IsPrivate || method.IsAssembly || method.IsFamilyAndAssembly ? null : Access(method) + word;

    private static bool IsInit(PropertyInfo property) =>
        property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
}
