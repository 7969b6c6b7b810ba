namespace Pellucid.Cli.Tests.Frame;

/// <summary>The tests that share one study; they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class StudyTests : ICollectionFixture<StudyFixture>
{
    internal const string Name = "study";
}
