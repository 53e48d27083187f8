using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A player's link over a <see cref="TargetConnection"/>.</summary>
internal sealed class TargetLink : IPlayerLink, IExchangeReceiver
{
    private static readonly TimeSpan TakeOnWithin = TimeSpan.FromSeconds(30);

    private readonly TargetConnection _connection;
    private readonly ILinkReceiver _receiver;
    private readonly string? _takeOn;
    private readonly Action<TargetConnection> _ended;

    public TargetLink(TargetConnection connection, ILinkReceiver receiver, string? takeOn, Action<TargetConnection> ended)
    {
        _connection = connection;
        _receiver = receiver;
        _takeOn = takeOn;
        _ended = ended;
        connection.Start(this);
    }

    public int LocalPort => _connection.LocalEndPoint?.Port ?? 0;

    public long ServerConnectionId => _connection.Facts.ServerConnectionId ?? -1;

    public bool KnowsLastStatement => _connection.KnowsLastStatement;

    public bool TrySend(in RecordedRequest request, long tag, out string? problem)
    {
        if (_connection.TrySend(in request, tag, out problem))
        {
            return true;
        }

        if (!_connection.IsOpen)
        {
            problem = null;
        }

        return false;
    }

    public bool TrySendText(string sql, long tag) => _connection.TrySendText(sql, tag);

    public async ValueTask TakeOnUserAsync()
    {
        if (_takeOn is not null)
        {
            (await QueryAsync(_connection, _takeOn, TakeOnWithin, CancellationToken.None)).OrThrow(_takeOn);
        }
    }

    /// <summary>A query on this connection; no exchange may be outstanding.</summary>
    public Task<QueryResult> QueryAsync(string sql, TimeSpan within, CancellationToken cancellation) => QueryAsync(_connection, sql, within, cancellation);

    /// <summary>A query that a server which does not answer cannot hold up.</summary>
    public static async Task<QueryResult> QueryAsync(TargetConnection connection, string sql, TimeSpan within, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(within);
        try
        {
            return await connection.QueryAsync(sql, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            connection.Abort("no response to a query of the replayer's own");
            throw new TargetException(TargetErrorCodes.Aborted, $"{sql}: no response within {within.TotalSeconds:0} s");
        }
    }

    public void Abort(string reason) => _connection.Abort(reason);

    public ValueTask DisposeAsync()
    {
        _ended(_connection);
        return _connection.DisposeAsync();
    }

    void IExchangeReceiver.OnExchange(TargetConnection connection, long tag, in Exchange exchange) => _receiver.OnExchange(tag, in exchange);

    void IExchangeReceiver.OnClosed(TargetConnection connection, string code, string message) => _receiver.OnClosed(code, message);
}
