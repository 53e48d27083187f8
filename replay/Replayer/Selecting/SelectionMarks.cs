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

/// <summary>Marks by position, one byte each, in a file of the run's folder that is removed at the end.</summary>
internal sealed class SelectionMarks : IDisposable
{
    private readonly MappedBytes _bytes;

    /// <summary>All are <see cref="SelectionMark.Play"/>; a <see cref="CommandException"/> if the disk has no room.</summary>
    public SelectionMarks(string folder, long count, string name = "selection.data") => _bytes = new MappedBytes(folder, count, name);

    public SelectionMark this[long position]
    {
        get => (SelectionMark)_bytes[position];
        set => _bytes[position] = (byte)value;
    }

    public void Dispose() => _bytes.Dispose();
}
