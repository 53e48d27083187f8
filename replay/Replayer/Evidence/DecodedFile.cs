namespace Replay.Replayer;

/// <summary>One file of logical decoding, as test_decoding wrote it.</summary>
internal sealed class DecodedFile : IDisposable
{
    private readonly DecodedBytes _bytes;

    private DecodedFile(string path, DecodedBytes bytes, long firstAt)
    {
        Path = path;
        FirstCommittedAt = firstAt;
        _bytes = bytes;
        Reader = new DecodedReader(bytes);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>When the first of its transactions was committed, microseconds since 1970; the end of time if it has none.</summary>
    public long FirstCommittedAt { get; }

    /// <summary>Reads it, from its beginning.</summary>
    public DecodedReader Reader { get; }

    /// <summary>Opens one.</summary>
    /// <exception cref="CommandException">It cannot be read, is none, or does not tell when transactions were committed.</exception>
    public static DecodedFile Open(string path)
    {
        try
        {
            long firstAt;
            using (var first = new DecodedBytes(OpenRead(path)))
            {
                firstAt = FirstCommit(path, new DecodedReader(first));
            }

            return new DecodedFile(path, new DecodedBytes(OpenRead(path)), firstAt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the file of logical decoding {path} cannot be read: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    private static long FirstCommit(string path, DecodedReader reader)
    {
        while (true)
        {
            switch (reader.Read())
            {
                case DecodedItem.Commit when reader.CommittedAt < 0:
                    throw new CommandException($"{path} does not say when transactions were committed: have it made with the option include-timestamp=on");
                case DecodedItem.Commit:
                    return reader.CommittedAt;
                case DecodedItem.End:
                    return long.MaxValue;
                case DecodedItem.Damaged:
                    throw new CommandException($"{path} is not what the plugin test_decoding writes");
            }
        }
    }
}
