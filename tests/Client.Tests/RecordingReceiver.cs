using System.Text;
using Replay.Workload;

namespace Replay.Client.Tests;

/// <summary>What a connection handed out, and a way to wait for it.</summary>
internal sealed class RecordingReceiver : IExchangeReceiver
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _arrived = new(0);
    private readonly TaskCompletionSource<(string Code, string Message)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<Received> Seen { get; } = [];

    /// <summary>Called within each outcome's call.</summary>
    public Action<TargetConnection, Received>? Then { get; set; }

    public void OnExchange(TargetConnection connection, long tag, in Exchange exchange)
    {
        var received = new Received(
            tag,
            exchange.Flags,
            exchange.Rows,
            exchange.Affected,
            Encoding.UTF8.GetString(exchange.ErrorCode),
            exchange.LatencyMicroseconds,
            exchange.RequestedAtMicroseconds,
            exchange.EndedAtMicroseconds,
            exchange.SetHash,
            exchange.TransactionState,
            exchange.Ordinal);
        lock (Seen)
        {
            Seen.Add(received);
        }

        Then?.Invoke(connection, received);
        _arrived.Release();
    }

    public void OnClosed(TargetConnection connection, string code, string message) => _closed.TrySetResult((code, message));

    /// <summary>The outcomes once there are <paramref name="count"/> more.</summary>
    public async Task<List<Received>> TakeAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!await _arrived.WaitAsync(Limit))
            {
                throw new TimeoutException($"{i} of {count} outcomes came");
            }
        }

        lock (Seen)
        {
            return [.. Seen];
        }
    }

    public Task<(string Code, string Message)> ClosedAsync() => _closed.Task.WaitAsync(Limit);
}

internal sealed record Received(
    long Tag,
    ExchangeFlags Flags,
    long Rows,
    long Affected,
    string Error,
    long? Latency,
    long RequestedAt,
    long EndedAt,
    ulong SetHash,
    TransactionState State,
    int Ordinal)
{
    public bool Has(ExchangeFlags flag) => (Flags & flag) == flag;
}
