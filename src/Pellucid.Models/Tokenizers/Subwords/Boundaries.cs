namespace Pellucid.Models.Tokenizers.Subwords;

/// <summary>Places where a long text may be cut without changing its tokens.</summary>
internal static class Boundaries
{
    /// <summary>
    /// Whether no token has a boundary character after another one, and the boundary character is a token: then no token crosses a place where one begins.
    /// </summary>
    internal static bool Part(TokenTable tokens, char boundary)
    {
        if (!tokens.TryGet([boundary], out _))
        {
            return false;
        }

        foreach (string token in tokens.Ids.Keys)
        {
            ReadOnlySpan<char> rest = token.AsSpan().TrimStart(boundary);
            if (rest.Contains(boundary))
            {
                return false;
            }
        }

        return true;
    }
}
