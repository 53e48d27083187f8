using System.IO.MemoryMappedFiles;

namespace Replay.Replayer;

/// <summary>What is to be done with an exchange of a selection.</summary>
internal enum SelectionMark : byte
{
    /// <summary>It is played.</summary>
    Play = 0,

    /// <summary>It is sent because others need it: not timed, not compared.</summary>
    Untimed,

    /// <summary>Left out: it ended before the window, and nothing in the window needs it.</summary>
    BeforeWindow,

    /// <summary>Left out: its session is not in the sample, and it changes nothing.</summary>
    NotSampled,

    /// <summary>Left out: a filter says so.</summary>
    Excluded,

    /// <summary>Left out: the checkpoint has it.</summary>
    InCheckpoint,

    /// <summary>Left out: its transaction ends behind the checkpoint that is made.</summary>
    AfterCheckpoint,
}

/// <summary>Marks by position, one byte each, in a file of the run's folder that is mapped, so that memory does not grow with the workload; it is removed at the end.</summary>
internal sealed unsafe class SelectionMarks : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _first;
    private readonly long _count;

    /// <summary>All are <see cref="SelectionMark.Play"/>; a <see cref="CommandException"/> if the disk has no room.</summary>
    public SelectionMarks(string folder, long count, string name = "selection.data")
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

    public SelectionMark this[long position]
    {
        get => (SelectionMark)_first[Checked(position)];
        set => _first[Checked(position)] = (byte)value;
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
