namespace Replay.Workload;

/// <summary>Facts about one exchange, a bit each. The values are part of the file format.</summary>
[Flags]
public enum ExchangeFlags
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Request and response were seen whole: no gap touched them and the session did not end before the response did.</summary>
    Complete = 1 << 0,

    /// <summary>The request's bytes were seen whole, so that it can be sent again.</summary>
    RequestComplete = 1 << 1,

    /// <summary>
    /// The response was separately visible, so that first byte and latency belong to this exchange alone. Absent where several
    /// responses of one PostgreSQL batch came in one segment: then only the last exchange of that segment has times.
    /// </summary>
    Timed = 1 << 2,

    /// <summary>The client had sent this request before the response to the one before it had ended (a pipeline).</summary>
    Pipelined = 1 << 3,

    /// <summary>PostgreSQL: the server skipped this request because an earlier one of the batch failed.</summary>
    SkippedAfterError = 1 << 4,

    /// <summary>PostgreSQL: this exchange ends its batch; its response includes ReadyForQuery.</summary>
    EndsBatch = 1 << 5,

    /// <summary>PostgreSQL: the portal is suspended, an Execute to come may go on with it.</summary>
    PortalSuspended = 1 << 6,

    /// <summary>The client sent data: COPY FROM STDIN, LOAD DATA LOCAL INFILE.</summary>
    CopyIn = 1 << 7,

    /// <summary>The server sent COPY data.</summary>
    CopyOut = 1 << 8,

    /// <summary>The row hashes cover all rows of the response.</summary>
    Hashed = 1 << 9,

    /// <summary>
    /// <see cref="Exchange.Values"/> holds all values of all rows of the response, not only the first row's beginning. With <see cref="Hashed"/>, of a single row, it says
    /// that <see cref="Exchange.SetHash"/> follows from them: the writer does not compute it once more.
    /// </summary>
    AllValues = 1 << 10,

    /// <summary>The command has no response (MySQL's COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA, COM_QUIT; PostgreSQL's Terminate).</summary>
    NoResponse = 1 << 11,

    /// <summary>Secrets in the request were masked; it cannot be sent again as it was.</summary>
    Masked = 1 << 12,

    /// <summary>The request was longer than the agent's bound; what is kept is its beginning.</summary>
    RequestTruncated = 1 << 13,

    /// <summary>MySQL: the server opened a cursor; rows come by COM_STMT_FETCH.</summary>
    CursorOpened = 1 << 14,

    /// <summary>The statement used was prepared before the capture began: its text is not known.</summary>
    UnknownStatement = 1 << 15,

    /// <summary>
    /// With <see cref="Hashed"/>: the columns' types were known, so <see cref="Exchange.NormalSetHash"/> and <see cref="Exchange.NormalSequenceHash"/> are what they say. Files of format 1 never have it.
    /// </summary>
    NormalHashed = 1 << 16,

    /// <summary>Some value was not in its normal form: the hashes in normal form are not those of the bytes on the wire.</summary>
    OtherForm = 1 << 17,
}
