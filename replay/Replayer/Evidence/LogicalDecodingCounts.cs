namespace Replay.Replayer;

/// <summary>What became of a database's logical decoding that was given as evidence.</summary>
/// <param name="Transactions">Transactions that were read of it.</param>
/// <param name="Damaged">How often it was not as test_decoding writes it: about there it says nothing.</param>
/// <param name="Joined">Transactions of the wire that were found in it.</param>
/// <param name="Unsure">Those that may be one or the other of it.</param>
/// <param name="Missing">Those that must be in it, and are not.</param>
/// <param name="IsTrusted">Whether so few are missing that it and the capture are of one time and clock; else it decides nothing.</param>
public sealed record LogicalDecodingCounts(long Transactions, long Damaged, long Joined, long Unsure, long Missing, bool IsTrusted);
