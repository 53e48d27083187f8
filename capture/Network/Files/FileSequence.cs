namespace Replay.Network.Files;

/// <summary>Several files as one capture.</summary>
internal sealed class FileSequence : PacketSource
{
    private readonly Queue<string> _paths;
    private PacketSource _current;
    private int _problems;

    private FileSequence(IEnumerable<string> paths)
    {
        _paths = new Queue<string>(paths);
        _current = PcapFile.Open(_paths.Dequeue(), Counters);
    }

    public override LinkType LinkType => _current.LinkType;

    /// <summary>Looks into all and opens the first.</summary>
    /// <exception cref="PcapFormatException">One of them cannot be read, or is no capture file.</exception>
    public static FileSequence Open(IReadOnlyList<string> paths) =>
        new(paths.All(IsRegularFile) ? paths.OrderBy(FirstMicroseconds) : paths);

    public override bool TryNext(out CapturedPacket packet)
    {
        while (!_current.TryNext(out packet))
        {
            if (!_current.IsEnded)
            {
                return false;
            }

            AddProblem(_current.Problem);
            if (!TryOpenNext())
            {
                IsEnded = true;
                return false;
            }
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>A pipe must not be opened twice, and has no length.</summary>
    private static bool IsRegularFile(string path) =>
        !string.Equals(path, PcapFile.StandardInput, StringComparison.Ordinal) && new FileInfo(path) is { Exists: true, Length: > 0 };

    private static long FirstMicroseconds(string path)
    {
        using var source = PcapFile.Open(path);
        return source.TryNext(out var packet) ? packet.AtMicroseconds : long.MinValue;
    }

    private bool TryOpenNext()
    {
        while (_paths.TryDequeue(out string? path))
        {
            try
            {
                var next = PcapFile.Open(path, Counters);
                _current.Dispose();
                _current = next;
                return true;
            }
            catch (PcapFormatException e)
            {
                AddProblem(e.Message);
            }
        }

        return false;
    }

    private void AddProblem(string? problem)
    {
        if (problem is null)
        {
            return;
        }

        _problems++;
        Problem = _problems == 1 ? problem : $"{_problems} files are not whole, the last: {problem}";
    }
}
