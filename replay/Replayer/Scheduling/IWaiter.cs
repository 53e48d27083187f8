namespace Replay.Replayer;

/// <summary>How the dispatcher's thread sleeps: until a moment, or until somebody wakes it.</summary>
public interface IWaiter : IDisposable
{
    /// <summary>Called once by the thread that is going to wait.</summary>
    void Enter();

    /// <summary>Sleeps for <paramref name="microseconds"/> or until <see cref="Wake"/>, whichever comes first; a wake that came before it counts.</summary>
    void Wait(long microseconds);

    /// <summary>Ends the current or the next <see cref="Wait"/>; any thread.</summary>
    void Wake();
}
