using System.Text;
using System.Text.Json;
using Pellucid.Models.Tokenizers.Texts;

namespace Pellucid.Models.Tests.Tokenizers;

public sealed class NormalizationTests
{
    private static readonly NormalizationForm[] Forms = [NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD];

    [Fact]
    public void Apply_EveryForm_GivesWhatPythonGives()
    {
        foreach (JsonElement row in References.Document("normalization.json").EnumerateArray())
        {
            AlignedText text = AlignedText.Of(row[0].GetString()!, 0, tracks: true);
            for (int form = 0; form < Forms.Length; form++)
            {
                Assert.Equal(row[form + 1].GetString(), UnicodeForms.Apply(text, Forms[form]).Text);
            }
        }
    }

    [Fact]
    public void Apply_CharactersThatJoinAndPart_KeepTheirPlaces()
    {
        AlignedText joined = UnicodeForms.Apply(AlignedText.Of("xe\u0301y", 3, tracks: true), NormalizationForm.FormC);
        Assert.Equal("x\u00E9y", joined.Text);
        Assert.Equal([(3, 4), (4, 6), (6, 7)], Enumerable.Range(0, 3).Select(unit => joined.PlaceOf(unit, unit + 1)));
        AlignedText parted = UnicodeForms.Apply(AlignedText.Of("\uFB01\U0001D400", 0, tracks: true), NormalizationForm.FormKC);
        Assert.Equal("fiA", parted.Text);
        Assert.Equal([(0, 1), (0, 1), (1, 3)], Enumerable.Range(0, 3).Select(unit => parted.PlaceOf(unit, unit + 1)));
    }
}
