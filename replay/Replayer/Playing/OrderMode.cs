namespace Replay.Replayer;

/// <summary>Which order between exchanges is kept.</summary>
public enum OrderMode
{
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

    /// <summary>The exchange at a position has ended, whatever became of it.</summary>
    void Ended(long position);
}

/// <summary>The gate of <see cref="OrderMode.Session"/> and <see cref="OrderMode.None"/>: sessions do not wait for each other.</summary>
public sealed class OpenGate : IOrderGate
{
    /// <summary>The only one.</summary>
    public static OpenGate Instance { get; } = new();

    /// <inheritdoc/>
    public bool TryPass(in PlannedExchange exchange, SessionPlayer player) => true;

    /// <inheritdoc/>
    public void Ended(long position)
    {
    }
}
