using System.Runtime.InteropServices;
using Pellucid.Models;

namespace Pellucid.GroundTruth.Tests.Notation;

/// <summary>The text and the C# form of each program compile to the same network, bit for bit, and the same truth.</summary>
public sealed class CompiledTextTests
{
    [Theory]
    [MemberData(nameof(BuiltInTextTests.Names), MemberType = typeof(BuiltInTextTests))]
    public void Compile_TextOfABuiltInProgram_IsTheNetworkOfItsCSharpForm(string name)
    {
        BuiltInProgram builtIn = BuiltInPrograms.Get(name);
        using CompiledProgram code = CompiledProgram.Compile(name);
        using CompiledProgram text = CompiledProgram.Compile(RaspText.Parse(RaspText.OfBuiltIn(name), name, $"{name}.rasp", builtIn.Options), builtIn.Options);
        Assert.Equal(code.Model.Hash, text.Model.Hash);
        Assert.Equal(Bits(code), Bits(text));
        Assert.Equal(Facts(code.Truth), Facts(text.Truth));
    }

    private static byte[] Bits(CompiledProgram compiled)
    {
        using ModelParameters parameters = compiled.Model.CopyParameters();
        return [.. parameters.Table.Points.SelectMany(point => MemoryMarshal.AsBytes(parameters[point.Name].AsSpan()).ToArray())];
    }

    private static string[] Facts(CompiledTruth truth) =>
    [
        string.Join(' ', truth.Blocks),
        string.Join(' ', truth.Basis),
        string.Join(' ', truth.Circuit.Nodes),
        string.Join(' ', truth.Circuit.Edges),
        .. truth.Variables.Select(variable =>
            $"{variable.Name} {variable.Encoding} {variable.WrittenBy} {variable.Hook} {string.Join(' ', variable.ReadBy)} {string.Join(' ', variable.Values)} "
            + string.Join(';', variable.Directions.Select(direction => string.Join(' ', direction)))),
    ];
}
