using System.Text;
using System.Text.Json;
using Pellucid.GroundTruth;

namespace Pellucid.Reports;

/// <summary>The numbers of the pictures of toy models, as JSON.</summary>
public static class ToyNumbers
{
    /// <summary>
    /// A phase diagram: <c>densities</c>, <c>importances</c>, and for each importance a row over the densities of <c>solution</c>, <c>predicted</c>, <c>loss</c>,
    /// <c>ideal_loss</c>, <c>weights</c> and <c>bias</c> of the best model.
    /// </summary>
    /// <param name="diagram">The diagram.</param>
    public static string Of(PhaseDiagram diagram)
    {
        ArgumentNullException.ThrowIfNull(diagram);
        PhaseDiagramOptions options = diagram.Options;
        return Write(json =>
        {
            json.WriteNumber("features", options.Features);
            json.WriteNumber("seeds", options.Seeds);
            json.WriteNumber("steps", options.Training.Steps);
            json.WriteNumber("batch", options.Training.Batch);
            json.WriteNumber("learning_rate", options.Training.LearningRate);
            json.WriteNumber("seed", options.Training.Seed);
            Number(json, "agreement", diagram.Agreement);
            Number(json, "agreement_off_boundary", diagram.AgreementOffBoundary);
            Array(json, "densities", diagram.Points.Take(options.Densities).Select(point => point.Density));
            Array(json, "importances", diagram.Points.Where((_, at) => at % options.Densities == 0).Select(point => point.Importance));
            Grid("solution", point => json.WriteStringValue(Name(point.Solution)));
            Grid("predicted", point => json.WriteStringValue(point.Predicted is { } predicted ? Name(predicted) : null));
            Grid("loss", point => Value(json, point.Loss));
            Grid("ideal_loss", point => Value(json, point.IdealLoss));
            Grid("weights", point => Values(json, point.Model.Weights.Select(weight => (double)weight)));
            Grid("bias", point => Values(json, point.Model.Bias.Select(bias => (double)bias)));

            void Grid(string name, Action<PhasePoint> write)
            {
                json.WriteStartArray(name);
                for (int row = 0; row < options.Importances; row++)
                {
                    json.WriteStartArray();
                    for (int column = 0; column < options.Densities; column++)
                    {
                        write(diagram.Points[(row * options.Densities) + column]);
                    }

                    json.WriteEndArray();
                }

                json.WriteEndArray();
            }
        });
    }

    /// <summary>Models: <c>models</c>, each with its task, <c>loss</c>, <c>loss_standard_error</c>, <c>weights</c> [hidden][feature], <c>bias</c>, <c>dimensionality</c>, <c>d_star</c> and <c>figures</c>.</summary>
    /// <param name="models">The best of each task.</param>
    public static string Of(IReadOnlyList<BestToy> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        return Write(json =>
        {
            json.WriteStartArray("models");
            foreach (BestToy best in models)
            {
                ToyTask task = best.Model.Task;
                json.WriteStartObject();
                json.WriteNumber("features", task.Features);
                json.WriteNumber("hidden", task.Hidden);
                json.WriteNumber("sparsity", task.Sparsity);
                json.WriteString("dependence", task.Dependence.ToString().ToLowerInvariant());
                Number(json, "loss", best.Loss.Value);
                Number(json, "loss_standard_error", best.Loss.StandardError);
                Number(json, "d_star", best.Model.DimensionsPerFeature);
                json.WriteString("figures", Polytopes.Describe(Polytopes.Of(best.Model)));
                json.WriteStartArray("weights");
                for (int hidden = 0; hidden < task.Hidden; hidden++)
                {
                    Values(json, Enumerable.Range(0, task.Features).Select(feature => (double)best.Model.Weight(hidden, feature)));
                }

                json.WriteEndArray();
                Array(json, "bias", best.Model.Bias.Select(bias => (double)bias));
                Array(json, "dimensionality", best.Model.Dimensionality());
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static string Write(Action<Utf8JsonWriter> body)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static string Name(ToySolution solution) => solution.ToString().ToLowerInvariant();

    private static void Array(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WritePropertyName(name);
        Values(json, values);
    }

    private static void Values(Utf8JsonWriter json, IEnumerable<double> values)
    {
        json.WriteStartArray();
        foreach (double value in values)
        {
            Value(json, value);
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        Value(json, value);
    }

    /// <summary>An undefined number is null.</summary>
    private static void Value(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
