namespace Pellucid.Explanations.Tests;

public class PatternTrieTests
{
    private const int A = 1, B = 2, C = 3;

    [Fact]
    public void Match_LongerPathFits_IsTheLongest()
    {
        PatternTrie trie = new();
        int shallow = trie.Add(0, B), deep = trie.Add(shallow, A);
        Assert.Equal(deep, trie.Match([C, A, B], 2, 8));
        Assert.Equal(shallow, trie.Match([A, C, B], 2, 8));
        Assert.Equal(shallow, trie.Match([C, A, B], 2, 1));
        Assert.Equal(shallow, trie.Match([B], 0, 8));
        Assert.Equal(0, trie.Match([B, C], 1, 8));
    }

    [Fact]
    public void Match_Wildcard_SkipsOneToken()
    {
        PatternTrie trie = new();
        int pivot = trie.Add(0, B), skipped = trie.Add(trie.Add(pivot, PatternTrie.Any), A);
        Assert.Equal(skipped, trie.Match([A, C, B], 2, 8));
        Assert.Equal(pivot, trie.Match([A, B], 1, 8));
        Assert.Equal(pivot, trie.Match([C, C, B], 2, 8));
    }

    [Fact]
    public void Match_ExactAndWildcardNameAsMany_TakesTheWildcard()
    {
        PatternTrie trie = new();
        int pivot = trie.Add(0, B), far = trie.Add(trie.Add(pivot, PatternTrie.Any), A);
        trie.Add(pivot, C);
        Assert.Equal(far, trie.Match([A, C, B], 2, 8));
    }

    [Fact]
    public void Add_SamePathTwice_IsOneNode()
    {
        PatternTrie trie = new();
        Assert.Equal(trie.Add(0, A), trie.Add(0, A));
        Assert.Equal(2, trie.Count);
    }

    [Fact]
    public void Visit_AllFittingPaths_FindsEach()
    {
        PatternTrie trie = new();
        int pivot = trie.Add(0, B), near = trie.Add(pivot, C), any = trie.Add(pivot, PatternTrie.Any), far = trie.Add(any, A);
        List<int> seen = [];
        trie.Visit([A, C, B], 2, seen);
        Assert.Equal([0, pivot, near, any, far], seen.Order());
    }

    [Fact]
    public void TryRead_ParentAfterChild_IsNull() => Assert.Null(PatternTrie.TryRead([Node(-1, -1), Node(2, A), Node(0, B)], 8));

    [Fact]
    public void TryRead_SameChildTwice_IsNull() => Assert.Null(PatternTrie.TryRead([Node(-1, -1), Node(0, A), Node(0, A)], 8));

    [Fact]
    public void TryRead_TooDeep_IsNull() => Assert.Null(PatternTrie.TryRead([Node(-1, -1), Node(0, A), Node(1, A), Node(2, A)], 2));

    [Fact]
    public void TryRead_NoRoot_IsNull()
    {
        Assert.Null(PatternTrie.TryRead([], 8));
        Assert.Null(PatternTrie.TryRead([Node(0, A)], 8));
    }

    private static PatternNode Node(int parent, int token) => new(parent, token, 1, 1);
}
