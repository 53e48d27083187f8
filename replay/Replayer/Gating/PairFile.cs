namespace Replay.Replayer;

/// <summary>
/// All pairs whose order was not certain, in a file of a run: what a binary log or logical decoding told is not among them, and need not be at hand again to explain the run.
/// </summary>
/// <remarks>Records of 28 bytes, little endian: first session and ordinal, second session and ordinal, table (4 bytes each; by its number in each pass over this workload with these catalogues), key (8).</remarks>
public sealed class PairFile : IDisposable
{
    /// <summary>Its name within the run.</summary>
    public const string Name = "pairs.data";

    private const int RecordBytes = 28;

    private readonly BinaryWriter _writer;

    private PairFile(string path) => _writer = new BinaryWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16));

    /// <summary>Makes the file, or empties it.</summary>
    public static PairFile Create(string path) => new(path);

    /// <summary>Reads the first <paramref name="most"/> pairs. A <see cref="CommandException"/> if there is no such file, or not all of it.</summary>
    public static List<AmbiguousPair> Read(string path, int most)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"{path} is not there: the run was made by an older version, or some of its files are gone");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        using var reader = new BinaryReader(file);
        if (file.Length % RecordBytes != 0)
        {
            throw new CommandException($"{path} is cut off");
        }

        var pairs = new List<AmbiguousPair>();
        for (var left = Math.Min(most, file.Length / RecordBytes); left > 0; left--)
        {
            pairs.Add(new AmbiguousPair(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadUInt64()));
        }

        return pairs;
    }

    /// <summary>Writes a pair.</summary>
    public void Add(in AmbiguousPair pair)
    {
        _writer.Write(pair.FirstSession);
        _writer.Write(pair.FirstOrdinal);
        _writer.Write(pair.SecondSession);
        _writer.Write(pair.SecondOrdinal);
        _writer.Write(pair.Table);
        _writer.Write(pair.Key);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
