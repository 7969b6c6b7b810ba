using System.Reflection;

namespace Pellucid.Architecture.Tests.Api;

/// <summary>Names of types as C# writes them, with '?' where null is allowed.</summary>
internal static class TypeName
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(char)] = "char",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>With the namespace, and the parameters of a generic type.</summary>
    internal static string Full(Type type) => $"{type.Namespace}.{Of(type)}{(type.IsGenericTypeDefinition ? string.Concat(type.GetGenericArguments().Select(Constraints)) : "")}";

    internal static string Of(ParameterInfo parameter)
    {
        lock (Nullability)
        {
            return Of(Nullability.Create(parameter));
        }
    }

    internal static string Of(PropertyInfo property)
    {
        lock (Nullability)
        {
            return Of(Nullability.Create(property));
        }
    }

    internal static string Of(FieldInfo field)
    {
        lock (Nullability)
        {
            return Of(Nullability.Create(field));
        }
    }

    /// <summary>Without nullability.</summary>
    internal static string Of(Type type)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsPointer)
        {
            return $"{Of(type.GetElementType()!)}*";
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return $"{Of(value)}?";
        }

        return Generic(type, [.. type.GetGenericArguments().Select(Of)]);
    }

    /// <summary>The where clause of a type parameter, if it has one.</summary>
    internal static string Constraints(Type parameter)
    {
        GenericParameterAttributes flags = parameter.GenericParameterAttributes;
        List<string> parts = [];
        if (flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            parts.Add("struct");
        }
        else if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            parts.Add("class");
        }

        parts.AddRange(parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(Of).Order(StringComparer.Ordinal));
        return parts.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", parts)}";
    }

    private static string Of(NullabilityInfo info)
    {
        Type type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        string name = info.ElementType is { } element && type.IsArray
            ? $"{Of(element)}[{new string(',', type.GetArrayRank() - 1)}]"
            : type.IsGenericType && Nullable.GetUnderlyingType(type) is null && info.GenericTypeArguments.Length == type.GetGenericArguments().Length
                ? Generic(type, [.. info.GenericTypeArguments.Select(Of)])
                : Of(type);
        return info.ReadState == NullabilityState.Nullable && !name.EndsWith('?') ? name + "?" : name;
    }

    private static string Generic(Type type, string[] arguments)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        if (type.IsGenericParameter || !type.IsNested)
        {
            string bare = type.Name.Split('`')[0];
            return arguments.Length == 0 ? bare : $"{bare}<{string.Join(", ", arguments)}>";
        }

        int outer = type.DeclaringType!.GetGenericArguments().Length;
        string inner = type.Name.Split('`')[0];
        string own = arguments.Length > outer ? $"<{string.Join(", ", arguments[outer..])}>" : "";
        return $"{Generic(type.DeclaringType, arguments[..outer])}.{inner}{own}";
    }
}
