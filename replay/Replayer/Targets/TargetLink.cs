using System.Text;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A player's link over a <see cref="TargetConnection"/>.</summary>
internal sealed class TargetLink : IPlayerLink, IExchangeReceiver
{
    private const long ResetTag = long.MinValue + 1;

    private static readonly TimeSpan TakeOnWithin = TimeSpan.FromSeconds(30);

    private readonly TargetConnection _connection;
    private readonly string? _takeOn;
    private readonly Action<TargetConnection> _ended;
    private readonly Func<Session, ConnectionOptions> _optionsOf;
    private readonly Lock _handing = new();
    private ILinkReceiver _receiver;
    private bool _isOver;
    private TaskCompletionSource<string?>? _reset;
    private readonly string? _applicationName;

    public TargetLink(TargetConnection connection, Session session, ILinkReceiver receiver, string? takeOn, Func<Session, ConnectionOptions> optionsOf, Action<TargetConnection> ended)
    {
        _connection = connection;
        _receiver = receiver;
        _takeOn = takeOn;
        _optionsOf = optionsOf;
        _ended = ended;
        _applicationName = LinkKind.ApplicationNameOf(session);
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

    public bool TryHandTo(ILinkReceiver receiver)
    {
        lock (_handing)
        {
            if (_isOver)
            {
                return false;
            }

            Volatile.Write(ref _receiver, receiver);
            return true;
        }
    }

    public async ValueTask ResetAsync(Session session)
    {
        _reset = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_connection.TrySendReset(_optionsOf(session), ResetTag))
        {
            throw new TargetException(TargetErrorCodes.ConnectionLost, "the connection is closed");
        }

        string? problem;
        try
        {
            problem = await _reset.Task.WaitAsync(TakeOnWithin);
        }
        catch (TimeoutException)
        {
            problem = $"no response within {TakeOnWithin.TotalSeconds:0} s";
        }

        if (problem is not null)
        {
            throw new TargetException(TargetErrorCodes.Aborted, $"a connection could not be reset for another session: {problem}");
        }

        await TakeOnUserAsync();
        if (session.Engine == Engine.PostgreSql && LinkKind.ApplicationNameOf(session) is var name && name != _applicationName)
        {
            // The login's comes back with each reset.
            var set = $"SET application_name = '{(name ?? "").Replace("'", "''", StringComparison.Ordinal)}'";
            (await QueryAsync(_connection, set, TakeOnWithin, CancellationToken.None)).OrThrow(set);
        }
    }

    public void Abort(string reason) => _connection.Abort(reason);

    public ValueTask DisposeAsync()
    {
        _ended(_connection);
        return _connection.DisposeAsync();
    }

    void IExchangeReceiver.OnExchange(TargetConnection connection, long tag, in Exchange exchange)
    {
        if (tag == ResetTag)
        {
            _reset!.TrySetResult(exchange.Failed ? Encoding.UTF8.GetString(exchange.ErrorMessage) : null);
            return;
        }

        _receiver.OnExchange(tag, in exchange);
    }

    void IExchangeReceiver.OnClosed(TargetConnection connection, string code, string message)
    {
        ILinkReceiver receiver;
        lock (_handing)
        {
            _isOver = true;
            receiver = _receiver;
        }

        receiver.OnClosed(code, message);
        _reset?.TrySetResult(message);
    }
}
