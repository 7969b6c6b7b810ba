using System.Text.Json.Nodes;
using Pellucid.Models;
using Pellucid.Tensors;
using Pellucid.Tensors.Files;

namespace Pellucid.GroundTruth.Tests;

public sealed class CompiledProgramFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pellucid-compiled").FullName;

    public static TheoryData<string> Programs => [.. BuiltInPrograms.Programs.Select(program => program.Name)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task OpenAsync_WhatWasSaved_IsTheSameNetworkTruthAndCausalModel(string name)
    {
        using var compiled = CompiledProgram.Compile(name);
        await compiled.SaveAsync(_folder, cancellationToken: TestContext.Current.CancellationToken);

        using CompiledProgram opened = await CompiledProgram.OpenAsync(_folder, TestContext.Current.CancellationToken);

        Assert.Equal(compiled.Truth.Blocks, opened.Truth.Blocks);
        Assert.Equal(compiled.Truth.Basis, opened.Truth.Basis);
        Assert.Equal(compiled.Truth.Constant, opened.Truth.Constant);
        Assert.Equal(compiled.Truth.Circuit.Nodes, opened.Truth.Circuit.Nodes);
        Assert.Equal(compiled.Truth.Circuit.Edges, opened.Truth.Circuit.Edges);
        Assert.Equal(compiled.Program.Variables, opened.Program.Variables);
        foreach ((TruthVariable saved, TruthVariable read) in compiled.Truth.Variables.Zip(opened.Truth.Variables))
        {
            Assert.Equal((saved.Name, saved.Encoding, saved.WrittenBy, saved.Hook), (read.Name, read.Encoding, read.WrittenBy, read.Hook));
            Assert.Equal(saved.Values, read.Values);
            Assert.Equal(saved.ReadBy, read.ReadBy);
            Assert.Equal(saved.Directions.SelectMany(direction => direction), read.Directions.SelectMany(direction => direction));
        }

        CheckResult result = opened.Check(new CheckOptions { Inputs = 500 });
        Assert.Equal(0, result.Wrong);
        Assert.InRange(result.MaxError, 0, 1e-6);
        using Model model = await Model.OpenAsync(_folder, TestContext.Current.CancellationToken);
        Assert.Equal(compiled.Model.Config.DModel, model.Config.DModel);
    }

    public static TheoryData<string, Action<JsonObject>> Damages => new()
    {
        { "format", truth => truth["format"] = "other" },
        { "kind of another truth", truth => truth["kind"] = "toy" },
        { "no kind", truth => truth.Remove("kind") },
        { "another model", truth => truth["model_hash"] = new string('0', 64) },
        { "variant", truth => truth["variant"] = "guessed" },
        { "variant by number", truth => truth["variant"] = 0 },
        { "no edges", truth => truth["circuit"]!.AsObject().Remove("edges") },
        { "null edge", truth => truth["circuit"]!["edges"]!.AsArray()[0] = null },
        { "node of no form", truth => truth["circuit"]!["nodes"]!.AsArray()[1] = "a.h" },
        { "no variables", truth => truth["variables"] = new JsonArray() },
        { "length", truth => truth["length"] = 6 },
        { "vocabulary twice", truth => truth["vocabulary"]!.AsArray()[1] = "a" },
        { "missing member", truth => truth.Remove("circuit") },
        { "null list", truth => truth["blocks"] = null },
        { "node", truth => truth["circuit"]!["nodes"]!.AsArray()[1] = "a7.h9" },
        { "edge", truth => truth["circuit"]!["edges"]!.AsArray()[0]!["target"] = "m5" },
        { "hook", truth => truth["variables"]!.AsArray()[0]!["hook"] = "blocks.9.hook_resid_post" },
        { "operand", truth => truth["variables"]!.AsArray()[1]!["operation"]!["operands"] = new JsonArray(1, 0) },
        { "operand far", truth => truth["variables"]!.AsArray()[1]!["operation"]!["operands"] = new JsonArray(0, 2000000000) },
        { "kind", truth => truth["variables"]!.AsArray()[1]!["operation"]!["kind"] = "run" },
        { "selected", truth => truth["variables"]!.AsArray()[1]!["operation"]!["selected"] = new JsonArray("0") },
        { "inputs", truth => truth["variables"]!.AsArray()[1]!["operation"]!["inputs"] = new JsonArray(new JsonArray(), new JsonArray()) },
        { "encoding", truth => truth["variables"]!.AsArray()[1]!["encoding"] = "other" },
        { "values", truth => truth["variables"]!.AsArray()[1]!["values"]!.AsArray().Add("more") },
        { "name", truth => truth["variables"]!.AsArray()[1]!["name"] = "other" },
        { "empty name", truth => truth["variables"]!.AsArray()[1]!["name"] = " " },
        { "null name", truth => truth["variables"]!.AsArray()[1]!["name"] = null },
        { "null variable", truth => truth["variables"]!.AsArray()[1] = null },
        { "null node", truth => truth["circuit"]!["nodes"]!.AsArray()[1] = null },
        { "null table", truth => truth["variables"]!.AsArray()[1]!["operation"]!["inputs"]!.AsArray()[0] = null },
        { "null row", truth => truth["variables"]!.AsArray()[1]!["operation"]!["selected"]!.AsArray()[0] = null },
        { "null word", truth => truth["basis"]!.AsArray()[0] = null },
        { "empty node", truth => truth["circuit"]!["nodes"]!.AsArray()[1] = string.Empty },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task OpenAsync_DamagedTruth_GivesOneClearError(string damage, Action<JsonObject> change)
    {
        using var compiled = CompiledProgram.Compile("histogram");
        await compiled.SaveAsync(_folder, cancellationToken: TestContext.Current.CancellationToken);
        string path = Path.Combine(_folder, "truth.json");
        JsonObject truth = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(truth);
        File.WriteAllText(path, truth.ToJsonString());

        BadFileException error = await Assert.ThrowsAsync<BadFileException>(() => CompiledProgram.OpenAsync(_folder, TestContext.Current.CancellationToken));

        Assert.True(error.Message.Contains("truth.", StringComparison.Ordinal) && !error.Message.Contains('\n', StringComparison.Ordinal), $"{damage}: {error.Message}");
    }

    [Theory]
    [InlineData("{}", "its kind is ''")]
    [InlineData("""{"format":"pellucid-compiled-program-1","kind":"program"}""", "(it lacks 'model_hash'")]
    [InlineData("[]", "it is not the truth")]
    [InlineData("null", "it is null")]
    [InlineData("""{"format":"pellucid-toy-model-1","kind":"toy"}""", "its kind is 'toy', 'program' was expected")]
    [InlineData("""{"kind":"program","description":"","seed":0}""", "'pellucid-compiled-program-1' was expected")]
    [InlineData("""{"format":"\ud800"}""", "it is not the truth")]
    [InlineData("""{"\ud800":1,"format":"pellucid-compiled-program-1"}""", "it is not the truth")]
    [InlineData("""{"format":1,"format":2}""", "it is not the truth")]
    public async Task OpenAsync_TruthOfSomethingElse_SaysWhatItIs(string text, string expected)
    {
        using var compiled = CompiledProgram.Compile("histogram");
        await compiled.SaveAsync(_folder, cancellationToken: TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(_folder, "truth.json"), text);
        BadFileException error = await Assert.ThrowsAsync<BadFileException>(() => CompiledProgram.OpenAsync(_folder, TestContext.Current.CancellationToken));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task SaveAsync_Truth_SaysFirstWhatItIs()
    {
        using var compiled = CompiledProgram.Compile("histogram");
        await compiled.SaveAsync(_folder, cancellationToken: TestContext.Current.CancellationToken);

        JsonObject truth = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "truth.json")))!.AsObject();

        Assert.Equal(["format", "kind", "model_hash", "program", "variant"], truth.Take(5).Select(member => member.Key));
        Assert.Equal(("program", compiled.Model.Hash), ((string?)truth["kind"], (string?)truth["model_hash"]));
        Assert.Equal(("compiled", "categorical"), ((string?)truth["variant"], (string?)truth["variables"]![0]!["encoding"]));
    }

    [Fact]
    public async Task OpenAsync_RandomDamage_OpensOrGivesOneClearError()
    {
        using var compiled = CompiledProgram.Compile("pair-balance");
        await compiled.SaveAsync(_folder, cancellationToken: TestContext.Current.CancellationToken);
        string path = Path.Combine(_folder, "truth.json");
        byte[] whole = File.ReadAllBytes(path);
        SeededRandom random = new(3);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. whole];
            for (int edits = 1 + random.NextInt(3); edits > 0; edits--)
            {
                int at = random.NextInt(damaged.Length);
                damaged[at] = random.NextInt(2) == 0 ? (byte)random.NextInt(256) : damaged[random.NextInt(damaged.Length)];
            }

            File.WriteAllBytes(path, i % 10 == 0 ? damaged[..random.NextInt(damaged.Length)] : damaged);
            try
            {
                (await CompiledProgram.OpenAsync(_folder, TestContext.Current.CancellationToken)).Dispose();
            }
            catch (BadFileException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 150, 299);
    }

    [Fact]
    public async Task OpenAsync_DirectionsOfAnotherWidth_GivesOneClearError()
    {
        using var compiled = CompiledProgram.Compile("histogram");
        await compiled.SaveAsync(_folder, cancellationToken: TestContext.Current.CancellationToken);
        using Tensor odd = Tensor.Zeros(new Shape(2, 3));
        SafetensorsFile.Write(Path.Combine(_folder, "truth.safetensors"), [new("one", odd), new("tokens", odd), new("hist", odd)]);

        BadFileException error = await Assert.ThrowsAsync<BadFileException>(() => CompiledProgram.OpenAsync(_folder, TestContext.Current.CancellationToken));

        Assert.Contains("[1, 19] was expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_ModelWithoutTruth_SaysSo()
    {
        using var compiled = CompiledProgram.Compile("histogram");
        await compiled.Model.SaveAsync(_folder, cancellationToken: TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<BadFileException>(() => CompiledProgram.OpenAsync(_folder, TestContext.Current.CancellationToken));
    }
}
