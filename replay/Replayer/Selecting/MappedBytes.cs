using System.IO.MemoryMappedFiles;

namespace Replay.Replayer;

/// <summary>A byte for each position, in a file of the run's folder that is mapped, so that memory does not grow with the workload; it is removed at the end.</summary>
internal sealed unsafe class MappedBytes : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _first;
    private readonly long _count;

    /// <summary>All are 0; a <see cref="CommandException"/> if the disk has no room.</summary>
    public MappedBytes(string folder, long count, string name)
    {
        var path = Path.Combine(folder, name);
        _count = Math.Max(1, count);
        try
        {
            _file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                PreallocationSize = _count,
                Options = FileOptions.DeleteOnClose,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            _file.SetLength(_count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write {path}, which takes {_count >> 10} KiB: {e.Message}");
        }

        _map = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _first);
        _first += _view.PointerOffset;
    }

    public byte this[long position]
    {
        get => _first[Checked(position)];
        set => _first[Checked(position)] = value;
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
    }

    private long Checked(long position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)position, (ulong)_count, nameof(position));
        return position;
    }
}
