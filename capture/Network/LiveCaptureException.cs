namespace Replay.Network;

/// <summary>Live capture cannot begin. The message is one line that says why and how to mend it.</summary>
public sealed class LiveCaptureException : Exception
{
    /// <summary>With a message.</summary>
    public LiveCaptureException(string message) : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public LiveCaptureException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
