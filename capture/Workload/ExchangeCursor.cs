namespace Replay.Workload;

/// <summary>Walks over exchanges in order of position; no allocation per exchange. One thread at a time.</summary>
public sealed class ExchangeCursor : IDisposable
{
    internal ExchangeCursor()
    {
    }

    /// <summary>The current exchange's position in the workload.</summary>
    public long Position => throw new NotSupportedException();

    /// <summary>
    /// The current exchange; its spans are valid until the next <see cref="MoveNext"/>. It is put together at each call, so take it once.
    /// </summary>
    public Exchange Current => throw new NotSupportedException();

    /// <summary>Goes to the next exchange; false at the end. A damaged block is a <see cref="WorkloadException"/>.</summary>
    public bool MoveNext() => throw new NotSupportedException();

    /// <summary>Gives its buffers back.</summary>
    public void Dispose() => throw new NotSupportedException();
}
