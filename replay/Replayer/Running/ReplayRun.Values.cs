namespace Replay.Replayer;

/// <content>Values: what has to be known of the target before the first exchange.</content>
public sealed partial class ReplayRun
{
    private async Task PrepareValuesAsync(CancellationToken interrupted)
    {
        try
        {
            await _values.PrepareAsync(_options.Target, _reader, _cut, _orderPlan?.Sequences ?? [], _recorder.Warn, interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Nothing is sent any more.
        }
    }
}
