namespace Replay.Workload;

/// <summary>
/// A workload or run folder cannot be read or written. The message is one line that says what is wrong and how to mend it; programs
/// print it and end with exit status 2.
/// </summary>
public sealed class WorkloadException : Exception
{
    /// <summary>With a line for the user.</summary>
    public WorkloadException(string message)
        : base(message)
    {
    }

    /// <summary>With a line for the user and what caused it.</summary>
    public WorkloadException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
