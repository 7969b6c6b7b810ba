namespace Pellucid.Models;

/// <summary>Which networks have an activation.</summary>
public enum HookPresence
{
    /// <summary>Every network.</summary>
    All,

    /// <summary>Networks with rotary positions, such as Llama.</summary>
    RotaryPositions,

    /// <summary>Networks with learned positions, such as GPT-2.</summary>
    LearnedPositions,

    /// <summary>Networks with token types, such as BERT.</summary>
    TokenTypes,

    /// <summary>Networks that norm their embeddings, such as BERT.</summary>
    EmbeddingNorm,

    /// <summary>Networks whose MLP has a gate, such as Llama.</summary>
    GatedMlp,

    /// <summary>Networks with norms before attention and MLP: all but BERT's kind, compiled programs and toy models, as a rule.</summary>
    NormsBefore,

    /// <summary>Those of them in which the MLP has a norm of its own; in parallel blocks it may share attention's, as in Phi.</summary>
    SecondNormBefore,

    /// <summary>Networks with norms after the sums with attention and MLP, such as BERT.</summary>
    NormsAfter,

    /// <summary>Networks with norms before attention and MLP and after each of them, such as Gemma 2.</summary>
    NormsBeforeAndAfter,

    /// <summary>Networks that norm each head's queries and keys, such as Qwen3.</summary>
    QueryKeyNorm,

    /// <summary>Networks whose MLP reads what attention has written: all but those with parallel blocks, such as Pythia.</summary>
    SerialBlocks,

    /// <summary>Networks with a norm after the last block.</summary>
    FinalNorm,

    /// <summary>Networks with a dense layer and a norm before the unembedding, such as BERT.</summary>
    LogitTransform,

    /// <summary>Networks with a pooled output, such as BERT.</summary>
    Pooler,

    /// <summary>Networks that tell whether a second text follows the first, such as BERT.</summary>
    NextSentenceHead,
}
