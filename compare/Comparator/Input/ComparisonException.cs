namespace Replay.Comparator;

/// <summary>The runs cannot be compared. The message is one line that says why and what to do; the program ends with exit status 2.</summary>
public sealed class ComparisonException(string message) : Exception(message);
