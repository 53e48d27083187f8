namespace Replay.Replayer;

/// <content>Values: what has to be known of the target before the first exchange.</content>
public sealed partial class ReplayRun
{
    private async Task PrepareValuesAsync(CancellationToken interrupted)
    {
        try
        {
            // Where commits alone are ordered, inserts do not go one after the other.
            var sequences = _orderPlan is { } plan && _options.Order != OrderMode.Commit ? plan.Sequences : [];
            await _values.PrepareAsync(_options.Target, _reader, _cut, sequences, _recorder.Warn, interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Nothing is sent any more.
        }
    }
}
