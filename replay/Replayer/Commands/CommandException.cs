namespace Replay.Replayer;

/// <summary>What was asked for cannot be done: one line that says what and how to mend it. Exit status 2.</summary>
public sealed class CommandException(string message) : Exception(message);
