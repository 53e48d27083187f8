namespace Replay.Replayer;

/// <summary>Which order between exchanges is kept.</summary>
public enum OrderMode
{
    /// <summary>What touches the same keys runs in production's order, with tables where keys are not known.</summary>
    Key,

    /// <summary>What touches the same tables runs in production's order.</summary>
    Table,

    /// <summary>Each exchange waits for the commits that had ended before it was sent. It does not reproduce the state.</summary>
    Commit,

    /// <summary>Within a session each exchange waits for the response before it, unless the client did not either. Sessions do not wait for each other.</summary>
    Session,

    /// <summary>Nothing waits: each exchange is sent when it is due, even while the session's response before it is outstanding.</summary>
    None,
}

/// <summary>Decides whether an exchange may go with respect to other sessions.</summary>
public interface IOrderGate
{
    /// <summary>
    /// Whether the exchange may be sent now. If not, the gate calls <see cref="SessionPlayer.Wake"/> when it may. Called on the
    /// sending thread; must not block.
    /// </summary>
    bool TryPass(in PlannedExchange exchange, SessionPlayer player);

    /// <summary>The exchange has been written to the connection. It and <see cref="Ended"/> may wake other players, so no lock may be held.</summary>
    void Sent(in PlannedExchange exchange, SessionPlayer player);

    /// <summary>The exchange has ended, whatever became of it; once for each, those that are left out and those that the pre-roll dealt with too.</summary>
    void Ended(in PlannedExchange exchange, SessionPlayer player);

    /// <summary>The session has no more exchanges.</summary>
    void EndSession(SessionPlayer player);
}

/// <summary>The gate of <see cref="OrderMode.Session"/> and <see cref="OrderMode.None"/>: sessions do not wait for each other.</summary>
public sealed class OpenGate : IOrderGate
{
    /// <summary>The only one.</summary>
    public static OpenGate Instance { get; } = new();

    /// <inheritdoc/>
    public bool TryPass(in PlannedExchange exchange, SessionPlayer player) => true;

    /// <inheritdoc/>
    public void Sent(in PlannedExchange exchange, SessionPlayer player)
    {
    }

    /// <inheritdoc/>
    public void Ended(in PlannedExchange exchange, SessionPlayer player)
    {
    }

    /// <inheritdoc/>
    public void EndSession(SessionPlayer player)
    {
    }
}
