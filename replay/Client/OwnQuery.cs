namespace Replay.Client;

/// <summary>Gathers a text query's rows from the server's bytes; the conversation says when the response is whole.</summary>
public interface IQueryReader
{
    /// <summary>The next bytes.</summary>
    void Read(ReadOnlySpan<byte> bytes);

    /// <summary>What was gathered.</summary>
    QueryResult ToResult();
}

/// <summary>A query of the replayer's own that waits for its response.</summary>
internal sealed class OwnQuery(IQueryReader reader)
{
    public IQueryReader Reader { get; } = reader;

    public TaskCompletionSource<QueryResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Finish() => Completion.TrySetResult(Reader.ToResult());

    public void Fail(TargetException problem) => Completion.TrySetException(problem);
}
