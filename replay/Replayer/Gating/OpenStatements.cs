namespace Replay.Replayer;

/// <summary>What a connection may keep the definitions of tables for, by the numbers of shapes.</summary>
/// <param name="Connection">The server's number of it.</param>
/// <param name="Run">What was run in the transaction that is open on the target, in order.</param>
/// <param name="Running">What is being run; -1: nothing, or it has no shape.</param>
public readonly record struct OpenStatements(long Connection, IReadOnlyList<int> Run, int Running);
