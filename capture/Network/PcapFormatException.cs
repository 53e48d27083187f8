namespace Replay.Network;

/// <summary>Not a capture file. The message is one line that says what it is not and, where known, what to do.</summary>
public sealed class PcapFormatException : Exception
{
    /// <summary>With a message.</summary>
    public PcapFormatException(string message) : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public PcapFormatException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
