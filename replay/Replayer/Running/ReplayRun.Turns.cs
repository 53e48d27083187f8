namespace Replay.Replayer;

/// <content>Slices that are played in turn with another run.</content>
public sealed partial class ReplayRun
{
    private SliceTurns? _turns;

    // Time in which nothing was due here because the other run had its turn.
    private TimeSpan Stood => _turns is null ? TimeSpan.Zero : _played - TimeSpan.FromMicroseconds(_turns.ToSchedule((long)_played.TotalMicroseconds));

    private async Task<(RunEnd End, long StartedAtMicroseconds)> BeginTogetherAsync(TurnLink turns, long startedAt, CancellationToken interrupted)
    {
        try
        {
            _progress.Say("waiting for the other run to be ready");
            (_turns, startedAt) = await turns.WhenBothAreReadyAsync(interrupted);
            return (RunEnd.Complete, startedAt);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return (RunEnd.Interrupted, startedAt);
        }
    }

    // What is asked of the server after a run would be in the way of the other one.
    private static async Task EndTogetherAsync(TurnLink turns, CancellationToken interrupted)
    {
        try
        {
            await turns.WhenBothHavePlayedAsync(interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // All has been played; what is left is to write it down.
        }
    }
}
