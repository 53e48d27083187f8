using Replay.Client;

namespace Replay.Replayer;

/// <summary>
/// The connections that all sessions share (<c>--connections</c>): a session that begins something asks for one and gives it back when its transaction has ended and nothing of it has to stay there.
/// Who has to wait, and who is next, says an <see cref="Replayer.Admission"/> with as many places as there may be connections, which never lets in more.
/// </summary>
/// <remarks>Any thread. Players are called without a lock held.</remarks>
public sealed class SharedConnections(int limit, ConnectionGate gate, Func<long> now, Action<string> warn)
{
    private readonly Lock _lock = new();
    private readonly List<Parked> _parked = []; // longest ago first
    private readonly Queue<SessionPlayer> _late = new(); // have a place, and the connection that is theirs is being closed
    private int _links;
    private int _most;
    private long _handOvers;
    private long _reconnects;
    private long _returns;
    private bool _isOver;

    /// <summary>The most connections.</summary>
    public int Limit => limit;

    /// <summary>Who may have one.</summary>
    public Admission Admission { get; } = new(limit, now) { IsHard = true };

    /// <summary>How long sessions waited for one, from where only that was missing until it was theirs, with what they have on it.</summary>
    public LagHistogram Times { get; } = new();

    /// <summary>The most connections that were open at a time.</summary>
    public int Most => Volatile.Read(ref _most);

    /// <summary>How often a connection went from one session to another.</summary>
    public long HandOvers => Volatile.Read(ref _handOvers);

    /// <summary>How often one was closed and another opened for a session that logs in otherwise.</summary>
    public long Reconnects => Volatile.Read(ref _reconnects);

    /// <summary>How often a session found its own again.</summary>
    public long Returns => Volatile.Read(ref _returns);

    /// <summary>Gives a connection to a session that has a place: by <see cref="SessionPlayer.OnReturned"/>, <see cref="SessionPlayer.OnOpened"/> or <see cref="SessionPlayer.OnOpenFailed"/>.</summary>
    internal void Give(SessionPlayer player)
    {
        while (true)
        {
            Parked? taken;
            bool isTheirs;
            bool isOfKind;
            lock (_lock)
            {
                taken = Find(player, out isOfKind);
                isTheirs = taken is not null && taken.Player == player;
                if (taken is not null)
                {
                    _parked.Remove(taken);
                }
                else if (_links < limit || _isOver)
                {
                    _most = Math.Max(_most, ++_links);
                }
                else
                {
                    _late.Enqueue(player);
                    return;
                }
            }

            if (taken is null)
            {
                gate.Request(player);
                return;
            }

            if (!isOfKind)
            {
                Interlocked.Increment(ref _reconnects);
                _ = ReplaceAsync(taken.Link, player);
                return;
            }

            if (!taken.Link.TryHandTo(player))
            {
                Drop(taken.Link); // it has ended meanwhile
                continue;
            }

            if (isTheirs)
            {
                Interlocked.Increment(ref _returns);
                player.OnReturned(taken.Link);
            }
            else
            {
                _ = Task.Run(() => HandOverAsync(taken.Link, player));
            }

            return;
        }
    }

    /// <summary>A session gives its connection back, and its place.</summary>
    internal void Park(SessionPlayer player, IPlayerLink link)
    {
        var parked = new Parked(this, player, link, player.Kind);
        if (_isOver || !link.TryHandTo(parked))
        {
            Drop(link);
        }
        else
        {
            lock (_lock)
            {
                _parked.Add(parked);
            }

            if (_isOver)
            {
                Forget(parked);
            }
        }

        GiveLate();
        Admission.Leave(player.Session.Number);
        Admission.WakeAdmitted();
    }

    /// <summary>A session's connection is over, or could not be opened: it gives its place back. What is left of the connection is closed.</summary>
    internal void Lose(SessionPlayer player, IPlayerLink? link)
    {
        if (link is null)
        {
            Free();
        }
        else
        {
            Drop(link);
        }

        Admission.Leave(player.Session.Number);
    }

    /// <summary>Nobody needs one any more: those that nobody has are closed.</summary>
    public void End()
    {
        List<Parked> left;
        lock (_lock)
        {
            _isOver = true;
            left = [.. _parked];
        }

        left.ForEach(Forget);
        GiveLate();
    }

    // Their own; else one of a session that has ended; else a new one; else that which has been left for longest, if possible of the same kind.
    private Parked? Find(SessionPlayer player, out bool isOfKind)
    {
        isOfKind = true;
        var kind = player.Kind;
        var own = _parked.Find(p => p.Player == player) ?? _parked.Find(p => p.Player.HasFinished && p.Kind == kind);
        if (own is not null || _links < limit)
        {
            return own;
        }

        var ofKind = _parked.Find(p => p.Kind == kind);
        isOfKind = ofKind is not null || _parked.Count == 0;
        return ofKind ?? (_parked.Count > 0 ? _parked[0] : null);
    }

    private async Task HandOverAsync(IPlayerLink link, SessionPlayer player)
    {
        try
        {
            await link.ResetAsync(player.Session);
        }
        catch (TargetException e)
        {
            warn($"a connection could not be handed over: {e.Message}");
            player.OnHandOverFailed();
            Drop(link);
            Give(player);
            return;
        }

        Interlocked.Increment(ref _handOvers);
        player.OnOpened(link);
    }

    // It takes the place of one of another kind: the server has to be rid of that first.
    private async Task ReplaceAsync(IPlayerLink link, SessionPlayer player)
    {
        await link.DisposeAsync();
        gate.Release();
        gate.Request(player);
    }

    private void Forget(Parked parked)
    {
        bool isTheirs;
        lock (_lock)
        {
            isTheirs = _parked.Remove(parked);
        }

        if (isTheirs)
        {
            Drop(parked.Link);
        }
    }

    private void Drop(IPlayerLink link) => _ = DropAsync(link);

    private async Task DropAsync(IPlayerLink link)
    {
        await link.DisposeAsync();
        Free();
    }

    private void Free()
    {
        lock (_lock)
        {
            _links--;
        }

        gate.Release();
        GiveLate();
    }

    private void GiveLate()
    {
        while (true)
        {
            SessionPlayer? player;
            lock (_lock)
            {
                if ((_links >= limit && _parked.Count == 0 && !_isOver) || !_late.TryDequeue(out player))
                {
                    return;
                }
            }

            Give(player);
        }
    }

    /// <summary>A connection that no session has.</summary>
    private sealed class Parked(SharedConnections owner, SessionPlayer player, IPlayerLink link, LinkKind kind) : ILinkReceiver
    {
        public SessionPlayer Player => player;

        public IPlayerLink Link => link;

        public LinkKind Kind => kind;

        public void OnExchange(long tag, in Workload.Exchange exchange)
        {
            // Nothing is outstanding.
        }

        public void OnClosed(string code, string message) => owner.Forget(this);
    }
}
