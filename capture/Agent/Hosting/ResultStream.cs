namespace Replay.Agent.Hosting;

/// <summary>Standard output, buffered. That its reader has gone (head, less) is no error of ours.</summary>
internal sealed class ResultStream : IDisposable
{
    private const int BufferBytes = 1 << 16;

    public BufferedStream Stream { get; } = new(Console.OpenStandardOutput(), BufferBytes);

    public void Dispose()
    {
        try
        {
            Stream.Flush();
        }
        catch (IOException)
        {
            return; // the buffer cannot be emptied any more; disposing it would try again
        }

        Stream.Dispose();
    }
}
