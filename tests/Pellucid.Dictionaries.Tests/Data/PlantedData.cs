using System.Text.Json;

namespace Pellucid.Dictionaries.Tests.Data;

/// <summary>Rows that are sparse sums of known directions, and stores of any rows.</summary>
internal static class PlantedData
{
    internal const string Hook = "blocks.0.hook_resid_post";

    /// <summary>Unit directions, [count, width].</summary>
    internal static Tensor Directions(int count, int width, long seed)
    {
        Tensor directions = Normal(count, width, seed, 1);
        for (int row = 0; row < count; row++)
        {
            float norm = MathF.Sqrt(directions.Row(row).ToArray().Sum(value => value * value));
            foreach (ref float value in directions.Row(row))
            {
                value /= norm;
            }
        }

        return directions;
    }

    /// <summary>Each row a sum of <paramref name="active"/> random directions with strengths from 0.5 to 1.5.</summary>
    internal static Tensor Rows(Tensor directions, int rows, int active, long seed)
    {
        SeededRandom random = new(seed, 11);
        Tensor result = Tensor.Zeros(new Shape(rows, directions.Shape[1]));
        for (int row = 0; row < rows; row++)
        {
            foreach (int feature in random.Sample(directions.Shape[0], active))
            {
                float strength = 0.5f + (float)random.NextDouble();
                for (int i = 0; i < directions.Shape[1]; i++)
                {
                    result.Row(row)[i] += strength * directions.Row(feature)[i];
                }
            }
        }

        return result;
    }

    internal static Tensor Normal(int rows, int width, long seed, float scale)
    {
        SeededRandom random = new(seed, 12);
        Tensor result = Tensor.Empty(new Shape(rows, width));
        foreach (ref float value in result.AsSpan())
        {
            value = scale * (float)random.NextNormal();
        }

        return result;
    }

    /// <summary>Writes rows as a store of equal shards (the last may be shorter), ten rows a sequence.</summary>
    internal static ActivationStore Store(string folder, Tensor rows, int rowsPerShard)
    {
        Directory.CreateDirectory(folder);
        int count = rows.Shape[0], width = rows.Shape[1];
        List<int> shards = [];
        for (int start = 0; start < count; start += rowsPerShard)
        {
            int size = Math.Min(rowsPerShard, count - start);
            using Tensor part = rows.Slice(0, start, size);
            int[] places = [.. Enumerable.Range(start, size)];
            using Tensor sequences = Tensor.From<int>(Array.ConvertAll(places, row => row / 10), new Shape(size));
            using Tensor positions = Tensor.From<int>(Array.ConvertAll(places, row => 1 + (row % 10)), new Shape(size));
            SafetensorsFile.Write(
                Path.Combine(folder, $"shard-{shards.Count:D5}.safetensors"),
                [new("activations", part), new("tokens", positions), new("sequences", sequences), new("positions", positions)]);
            shards.Add(size);
        }

        string manifest = JsonSerializer.Serialize(new
        {
            version = 1,
            model = "planted",
            model_hash = new string('0', 64),
            vocabulary = 512,
            hook = Hook,
            width,
            storage = "F32",
            corpus = "planted",
            corpus_hash = new string('1', 64),
            bos_left_out = true,
            sequence_length = 11,
            long_documents = "Cut",
            shard_sequences = rowsPerShard / 10,
            tokens = count,
            shard_tokens = shards,
        });
        File.WriteAllText(Path.Combine(folder, "manifest.json"), manifest);
        return ActivationStore.Open(folder);
    }

    /// <summary>A dictionary with random weights.</summary>
    internal static Dictionary Random(int width, int latents, int k, string? hook = Hook, long seed = 1)
    {
        DictionaryConfig config = new()
        {
            Architecture = "topk",
            DIn = width,
            DSae = latents,
            K = k,
            Metadata = new DictionaryMetadata { HookName = hook, ModelName = "planted" },
        };
        float scale = 1 / MathF.Sqrt(width);
        using Tensor biases = Normal(1, latents, seed + 2, 0.1f), middle = Normal(1, width, seed + 3, 0.1f);
        return new Dictionary(
            config,
            Normal(width, latents, seed, scale),
            biases.Reshape(new Shape(latents)),
            Normal(latents, width, seed + 1, scale),
            middle.Reshape(new Shape(width)));
    }
}
