namespace Replay.Agent.Hosting;

/// <summary>Something that the user can mend. The message is one line that says what and how; the program prints it and ends with <see cref="ExitStatus.CouldNot"/>.</summary>
internal sealed class UserException : Exception
{
    public UserException(string message)
        : base(message)
    {
    }

    public UserException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
