using System.Collections.Frozen;
using Replay.Client;

namespace Replay.Replayer;

/// <summary>
/// Opens sessions' connections: no more at a time than the capture had, the earliest captured first, few logins at once. Login runs on the
/// thread pool, away from what is timed.
/// </summary>
public sealed class ConnectionGate : IDisposable
{
    /// <summary>Logins under way at once: 16.</summary>
    public const int MaxLogins = 16;

    // Of a server that is starting or stopping. One that has no connection free is not waited for: as many at a time as the capture had belong to the replay.
    private static readonly FrozenSet<string> Passing = FrozenSet.Create(StringComparer.Ordinal, "57P01", "57P02", "57P03", "1053");

    // too_many_connections, ER_CON_COUNT_ERROR, ER_TOO_MANY_USER_CONNECTIONS
    private static readonly FrozenSet<string> Full = FrozenSet.Create(StringComparer.Ordinal, "53300", "1040", "1203");

    private readonly ILinkOpener _opener;
    private readonly PriorityQueue<SessionPlayer, long> _waiting = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly int _maxConnections;
    private int _open;
    private int _logins;
    private long _opened;
    private long _failed;
    private int _failedInARow;

    /// <summary>A gate.</summary>
    /// <param name="opener">Opens one connection.</param>
    /// <param name="maxConnections">The most at a time; at least as many as the capture had, or sessions could wait for each other for ever.</param>
    public ConnectionGate(ILinkOpener opener, int maxConnections)
    {
        _opener = opener;
        _maxConnections = maxConnections;
    }

    /// <summary>Whether a server that has no connection free is waited for: one that was closed for another may not be gone there.</summary>
    public bool WaitsForRoom { get; init; }

    /// <summary>Connections opened.</summary>
    public long Opened => Volatile.Read(ref _opened);

    /// <summary>Sessions whose connection could not be opened, whatever number of attempts was made.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Connections that could not be opened since the last one that could.</summary>
    public int FailedInARow => Volatile.Read(ref _failedInARow);

    /// <summary>Connections open or being opened.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
            {
                return _open;
            }
        }
    }

    /// <summary>Why the last connection could not be opened; null if all could.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>Whether that was a server that has no connection free.</summary>
    public bool WasFull { get; private set; }

    /// <summary>Whether a code says that a server has no connection free.</summary>
    public static bool IsFull(string code) => Full.Contains(code);

    /// <summary>Queues a player, which hears of it by <see cref="SessionPlayer.OnOpened"/> or <see cref="SessionPlayer.OnOpenFailed"/>.</summary>
    public void Request(SessionPlayer player)
    {
        lock (_lock)
        {
            _waiting.Enqueue(player, player.Session.OpenedAtMicroseconds);
        }

        Start(beyondLimit: false);
    }

    /// <summary>A connection is gone.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _open--;
        }

        Start(beyondLimit: false);
    }

    /// <summary>Opens one more although the limit is reached: for a run that would stand still otherwise.</summary>
    public void OpenBeyondLimit() => Start(beyondLimit: true);

    /// <summary>Opens no more; players that wait hear that it failed.</summary>
    public void Stop()
    {
        _stopping.Cancel();
        Start(beyondLimit: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private void Start(bool beyondLimit)
    {
        while (true)
        {
            SessionPlayer? player;
            lock (_lock)
            {
                var mayOpen = _stopping.IsCancellationRequested || beyondLimit || _open < _maxConnections;
                if (!mayOpen || _logins >= MaxLogins || !_waiting.TryDequeue(out player, out _))
                {
                    return;
                }

                _open++;
                _logins++;
                beyondLimit = false;
            }

            _ = Task.Run(() => OpenAsync(player));
        }
    }

    private async Task OpenAsync(SessionPlayer player)
    {
        IPlayerLink? link = null;
        var mayRetry = false;
        try
        {
            link = await _opener.OpenAsync(player.Session, player, _stopping.Token);
            Interlocked.Increment(ref _opened);
            Volatile.Write(ref _failedInARow, 0);
        }
        catch (TargetException e)
        {
            LastProblem = e.Message;
            WasFull = IsFull(e.Code);
            // Where nobody has been let in yet, the URL is more likely wrong than the server away.
            mayRetry = Opened > 0 && (e.Code is TargetErrorCodes.Unreachable or TargetErrorCodes.ConnectionLost || Passing.Contains(e.Code) || (WaitsForRoom && IsFull(e.Code)));
            Interlocked.Increment(ref _failedInARow);
        }
        catch (OperationCanceledException)
        {
            // The run is over; the player is told below like any other whose connection is not to be had.
        }

        lock (_lock)
        {
            _logins--;
        }

        if (link is null)
        {
            if (player.OnOpenFailed(mayRetry) && !_stopping.IsCancellationRequested)
            {
                Interlocked.Increment(ref _failed);
            }
        }
        else
        {
            player.OnOpened(link);
        }

        Start(beyondLimit: false);
    }
}
