namespace Pellucid.Dictionaries.Tests.Training;

/// <summary>Progress that is handled at once, on the thread that reports it.</summary>
internal sealed class Recorder(Action<TrainProgress> action) : IProgress<TrainProgress>
{
    internal int Reports { get; private set; }

    public void Report(TrainProgress value)
    {
        Reports++;
        action(value);
    }
}
