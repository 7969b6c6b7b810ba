namespace Pellucid.Models.Tokenizers.Decoders;

/// <summary>Takes up to so many of a character from both ends of each token. Where the tokens have been joined, what follows another token keeps its start.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : IDecoder
{
    public void Apply(TokenTexts texts)
    {
        for (int i = 0; i < texts.Items.Count; i++)
        {
            string text = texts.Items[i];
            (int from, int to) = (0, text.Length);
            int most = texts.Joined && texts.Previous is not null ? 0 : start;
            while (from < to && from < most && text[from] == content)
            {
                from++;
            }

            while (to > from && text.Length - to < stop && text[to - 1] == content)
            {
                to--;
            }

            texts.Items[i] = text[from..to];
        }
    }
}
