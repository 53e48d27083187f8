using System.Text;
using System.Threading.Channels;
using Replay.Workload;

namespace Replay.Client.Tests.MySql;

/// <summary>Takes a connection's outcomes for a test to wait for.</summary>
public sealed class CollectingReceiver : IExchangeReceiver
{
    private readonly Channel<Outcome> _outcomes = Channel.CreateUnbounded<Outcome>();

    public void OnExchange(TargetConnection connection, long tag, in Exchange exchange) => _outcomes.Writer.TryWrite(new Outcome(
        tag,
        exchange.Command,
        exchange.Rows,
        exchange.Affected,
        Encoding.ASCII.GetString(exchange.ErrorCode),
        exchange.SetHash,
        exchange.Flags,
        exchange.StatementHandle));

    public void OnClosed(TargetConnection connection, string code, string message) =>
        _outcomes.Writer.TryWrite(new Outcome(-1, Command.Unknown, -1, -1, code, 0, ExchangeFlags.None, -1) { Message = message });

    /// <summary>The next outcome; a test that waits longer than any machine needs fails.</summary>
    public async Task<Outcome> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _outcomes.Reader.ReadAsync(limit.Token);
    }

    public sealed record Outcome(long Tag, Command Command, long Rows, long Affected, string ErrorCode, ulong SetHash, ExchangeFlags Flags, long Handle)
    {
        public string Message { get; init; } = "";
    }
}
