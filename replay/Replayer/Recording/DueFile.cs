using System.IO.MemoryMappedFiles;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// When each exchange was due, where that does not follow from run.json: <c>due.data</c> in the run's folder, 8 bytes an exchange by position, microseconds from the run's start + 1; 0 is none.
/// </summary>
public sealed unsafe class DueFile : IDisposable
{
    private const string Name = "due.data";

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _first;
    private readonly long _count;

    private DueFile(FileStream stream, long count, MemoryMappedFileAccess access)
    {
        _count = count;
        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, access, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, 0, access);
        byte* first = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        _first = (long*)(first + _view.PointerOffset);
    }

    /// <summary>The start of the run, microseconds since 1970 of its clock; what is set is counted from it.</summary>
    public long StartMicroseconds { get; set; }

    /// <summary>Makes the file; its disk space is reserved.</summary>
    /// <exception cref="CommandException">The disk has not as much.</exception>
    public static DueFile Create(string folder, long count)
    {
        var path = Path.Combine(folder, Name);
        var bytes = Math.Max(1, count) * sizeof(long);
        try
        {
            var stream = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                PreallocationSize = bytes,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            stream.SetLength(bytes);
            return new DueFile(stream, count, MemoryMappedFileAccess.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write {path}, which takes {bytes >> 10} KiB: {e.Message}");
        }
    }

    /// <summary>Opens that of a run that is resumed, to be filled on: what is set is counted from the run's first start.</summary>
    public static DueFile Reopen(string folder, RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var path = Path.Combine(folder, Name);
        try
        {
            return new DueFile(new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite), new FileInfo(path).Length / sizeof(long), MemoryMappedFileAccess.ReadWrite) { StartMicroseconds = manifest.StartedAtMicroseconds };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write {path}: {e.Message}");
        }
    }

    /// <summary>Opens that of a run; null if it has none.</summary>
    public static DueFile? Open(string folder, RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var path = Path.Combine(folder, Name);
        return File.Exists(path)
            ? new DueFile(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), new FileInfo(path).Length / sizeof(long), MemoryMappedFileAccess.Read) { StartMicroseconds = manifest.StartedAtMicroseconds }
            : null;
    }

    /// <summary>Notes when the exchange at a position was due; any thread, no allocation, no system call.</summary>
    public void Set(long position, long dueMicroseconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)position, (ulong)_count, nameof(position));
        _first[position] = dueMicroseconds - StartMicroseconds + 1;
    }

    /// <summary>When it was due, microseconds since 1970 of the run's clock; null if it had no due time.</summary>
    public long? Get(long position) => (ulong)position < (ulong)_count && _first[position] is not 0 and var due ? due - 1 + StartMicroseconds : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
