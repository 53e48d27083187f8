namespace Replay.Workload;

/// <summary>The streams of a block of exchanges, in the order in which they lie in it: like beside like compresses best.</summary>
internal enum ExchangeStream
{
    /// <summary>The profiles, in order of first use.</summary>
    Profiles,

    /// <summary>For each session in order of first use: number (difference), ordinal and batch before its first exchange here.</summary>
    Sessions,

    /// <summary>For each exchange the number of its profile; one more than there are is the next new one.</summary>
    ProfileNumbers,

    /// <summary>For each exchange the number of its session in the block; one more than there are is the next new one.</summary>
    SessionNumbers,

    /// <summary>For each exchange the microseconds between the last one's end and its own.</summary>
    Ends,

    /// <summary>For each exchange the microseconds between its start and its end.</summary>
    Latencies,

    /// <summary>Microseconds from first byte to end, where the profile says so.</summary>
    FirstBytes,

    /// <summary>Microseconds from request to start, where the profile says so.</summary>
    Queued,

    /// <summary>Requests against the profile's last: what <see cref="BytesDifference"/> writes.</summary>
    RequestLengths,

    /// <summary>The bytes of requests that differ.</summary>
    RequestBytes,

    /// <summary>Kept values against the profile's last.</summary>
    ValueLengths,

    /// <summary>The bytes of values that differ.</summary>
    ValueBytes,

    /// <summary>Error messages against the profile's last.</summary>
    MessageLengths,

    /// <summary>The bytes of messages that differ.</summary>
    MessageBytes,

    /// <summary>Row hashes that do not follow from values, 8 bytes each.</summary>
    Hashes,

    /// <summary>Column hashes, 4 bytes each.</summary>
    ColumnHashes,

    /// <summary>For each exchange the length of the response against the profile's last.</summary>
    ResponseLengths,

    /// <summary>Ids of statement texts and values in the table, against the profile's last.</summary>
    TextIds,

    /// <summary>Numbers that the profile does not hold.</summary>
    Numbers,

    /// <summary>Bytes that would be in the table if it were not full.</summary>
    Bytes,

    /// <summary>Number of streams.</summary>
    Count,
}
