namespace Replay.Replayer;

/// <summary>What became of a binary log that was given as evidence.</summary>
/// <param name="Transactions">Transactions that were read of it.</param>
/// <param name="Compressed">Of these, those that are compressed as a whole (binlog_transaction_compression), which say nothing.</param>
/// <param name="Joined">Those that were found on the wire.</param>
/// <param name="Lost">Those of captured connections that no commit on the wire can be.</param>
/// <param name="Missing">Those of the wire that must be in it, and are not.</param>
/// <param name="IsTrusted">Whether so few were lost or missing that log and capture are of one time and clock; else it decides nothing.</param>
public sealed record BinaryLogCounts(long Transactions, long Compressed, long Joined, long Lost, long Missing, bool IsTrusted);
