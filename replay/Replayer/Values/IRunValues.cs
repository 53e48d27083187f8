using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a run does so that values come out as they did in production: <see cref="AsRecorded"/> does nothing.</summary>
public interface IRunValues
{
    /// <summary>
    /// Notes with an exchange that is to be played what its values need (<see cref="PlannedExchange.Values"/>), and says how many bytes of
    /// <see cref="Exchange.Values"/> are to be kept until it has been replayed. The feeder's thread, in the order of reading.
    /// </summary>
    ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedExchange planned);

    /// <summary>What a session's player needs; null if nothing is to be done for it.</summary>
    ISessionValues? Of(Session session);
}

/// <summary>One session's values, for its player.</summary>
/// <remarks>Calls come one at a time, except <see cref="Rewrite"/> and <see cref="Ended"/>, which may come together.</remarks>
public interface ISessionValues
{
    /// <summary>
    /// The text query that has to be answered before the exchange is sent, null if there is none; asked once for each exchange, in the think time before it.
    /// </summary>
    /// <param name="planned">The exchange at the head of the queue.</param>
    /// <param name="isAlone">Whether nothing is outstanding, so that a query may go in between; if not, what the exchange needs is missed.</param>
    string? Prepare(in PlannedExchange planned, bool isAlone);

    /// <summary>
    /// Asked once order lets the exchange go: true if it may be sent now, else <paramref name="placed"/> is called, on another thread, when it may.
    /// </summary>
    /// <param name="planned">The exchange at the head of the queue.</param>
    /// <param name="isAlone">Whether nothing of the session is outstanding.</param>
    /// <param name="placed">To be called later.</param>
    bool TryPlace(in PlannedExchange planned, bool isAlone, Action placed) => true;

    /// <summary>The query of <see cref="Prepare"/> has been answered.</summary>
    void Prepared(in Exchange exchange);

    /// <summary>The request with values replaced; <paramref name="request"/> itself if none is. Valid until the next call.</summary>
    ReadOnlySpan<byte> Rewrite(in PlannedExchange planned, ReadOnlySpan<byte> request);

    /// <summary>An exchange has been answered; what was kept of its captured response is still there.</summary>
    /// <param name="planned">The exchange.</param>
    /// <param name="exchange">The answer.</param>
    /// <param name="isAgain">Whether it was rolled back and sent again: what it had made the first time is no more.</param>
    void Ended(in PlannedExchange planned, in Exchange exchange, bool isAgain);

    /// <summary>An exchange that was answered was rolled back, and will be sent again.</summary>
    void RolledBack(in PlannedExchange planned)
    {
    }

    /// <summary>The session goes on with a new connection.</summary>
    void Reset();
}

/// <summary>Values as they were recorded: nothing is set, nothing replaced.</summary>
public sealed class AsRecorded : IRunValues
{
    /// <summary>The only one.</summary>
    public static AsRecorded Instance { get; } = new();

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedExchange planned) => default;

    /// <inheritdoc/>
    public ISessionValues? Of(Session session) => null;
}
