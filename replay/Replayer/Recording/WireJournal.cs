using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>One replayed exchange as the client saw it, to be joined with what the wire shows of it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct WireEntry
{
    /// <summary>The connection's local port.</summary>
    public int Port;

    /// <summary>The exchange's number on that connection, the replayer's own queries included.</summary>
    public int Ordinal;

    /// <summary>Its position in the workload.</summary>
    public long Position;

    /// <summary>When its response ended by the client's clock, microseconds since 1970.</summary>
    public long EndedAtMicroseconds;

    /// <summary>Its outcome by the client's clock.</summary>
    public RunOutcome Outcome;
}

/// <summary>The replayed exchanges of a run that is measured by the wire, in order of their ends, in a file: nothing of it stays in memory.</summary>
public sealed class WireJournal : IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _lock = new();

    /// <summary>A journal in a new file.</summary>
    public WireJournal(string path)
    {
        Path = path;
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            BufferSize = 1 << 18,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Adds an entry; any thread.</summary>
    public void Add(in WireEntry entry)
    {
        lock (_lock)
        {
            _file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<WireEntry>(in entry)));
        }
    }

    /// <summary>Goes back to the beginning, for reading.</summary>
    public void Rewind()
    {
        _file.Flush();
        _file.Position = 0;
    }

    /// <summary>Reads the next entry; false at the end.</summary>
    public bool TryRead(out WireEntry entry)
    {
        Unsafe.SkipInit(out entry);
        var bytes = MemoryMarshal.AsBytes(new Span<WireEntry>(ref entry));
        return _file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
    }

    /// <summary>Closes and deletes the file.</summary>
    public void Dispose()
    {
        _file.Dispose();
        File.Delete(Path);
    }
}
