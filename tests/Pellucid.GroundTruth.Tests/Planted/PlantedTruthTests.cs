using System.Text.Json;
using Pellucid.Activations;
using Pellucid.Dictionaries;
using Pellucid.Tensors.Files;

namespace Pellucid.GroundTruth.Tests.Planted;

public sealed class PlantedTruthTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("planted").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Open_WhatWasWritten_IsTheTruthOfTheStore()
    {
        using PlantedActivations planted = new(new PlantedOptions { Features = 20, Width = 8, Seed = 3, Roots = 5, Branching = 3 });
        using ActivationStore store = await PlantedStore.WriteAsync(planted, 30_000, _folder, cancellationToken: TestContext.Current.CancellationToken);
        using PlantedTruth truth = PlantedTruth.Open(_folder);
        PlantedCodes codes = planted.Codes(0, 30_000);
        Assert.Equal((planted.Options, 30_000L), (truth.Options, truth.Tokens));
        Assert.Equal(planted.Directions.ToArray(), truth.Directions.ToArray());
        Assert.Equal(codes.Starts, truth.Codes.Starts);
        Assert.Equal(codes.Features, truth.Codes.Features);
        Assert.Equal(codes.Values, truth.Codes.Values);
        Assert.Equal((30_000, 469, 21, StoreManifest.NoModel, planted.Hash), (store.Rows, store.Sequences, store.Manifest.Vocabulary, store.Manifest.Model, store.Manifest.ModelHash));
        using StoreShard second = store.ReadShard(1);
        using PlantedRows rows = planted.Rows(16_384, 13_616);
        Assert.Equal(rows.Activations.ToArray(), second.Activations.ToArray());
        Assert.Equal(codes.Strongest(16_384) + 1, second.Tokens.AsSpan<int>()[0]);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, PlantedTruth.FileName)));
        Assert.Equal(
            "format kind description seed hash tokens options", string.Join(' ', json.RootElement.EnumerateObject().Select(member => member.Name)));
        Assert.Equal("activations", json.RootElement.GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("truth.json", "{\"kind\":\"program\"}", "kind is 'program', 'activations' was expected")]
    [InlineData("truth.json", "tokens changed", "code_starts")]
    [InlineData("truth.json", "{", "not the truth about planted activations")]
    [InlineData("truth.json", "{\"kind\":\"activations\",\"format\":\"pellucid-planted-activations-2\"}", "format is 'pellucid-planted-activations-2'")]
    [InlineData("truth.json", "{\"format\":\"pellucid-planted-activations-1\",\"kind\":\"activations\",\"description\":\"\",\"seed\":0,\"hash\":\"\",\"tokens\":1,\"options\":{\"features\":-1,\"width\":1}}", "-1 features")]
    [InlineData("truth.safetensors", "none", "truth.safetensors")]
    public void Open_DamagedFile_IsRefusedInOneLine(string file, string content, string expected)
    {
        using PlantedActivations planted = new(new PlantedOptions { Features = 20, Width = 8 });
        PlantedTruth.Write(planted, 100, _folder, TestContext.Current.CancellationToken);
        string path = Path.Combine(_folder, file);
        File.WriteAllText(path, content.StartsWith("tokens", StringComparison.Ordinal) ? File.ReadAllText(path).Replace("\"tokens\": 100", "\"tokens\": 9999", StringComparison.Ordinal) : content);
        Assert.Contains(expected, Assert.Throws<BadFileException>(() => PlantedTruth.Open(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderWithoutTruth_SaysWhatToDo() =>
        Assert.Contains("pellucid plant activations", Assert.Throws<BadFileException>(() => PlantedTruth.Open(_folder)).Message, StringComparison.Ordinal);
}
