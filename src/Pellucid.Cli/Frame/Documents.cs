namespace Pellucid.Cli.Frame;

/// <summary>Which documents of a corpus a verb reads. The last tenth is held out, the same for every verb.</summary>
internal enum Documents
{
    /// <summary>The first nine tenths.</summary>
    Train,

    /// <summary>The last tenth.</summary>
    HeldOut,

    /// <summary>All of them.</summary>
    All,
}
