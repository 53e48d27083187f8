namespace Replay.Replayer;

/// <summary>By position, why its session has to keep its connection after an exchange: a byte each, in a file of the run's folder that is removed at the end.</summary>
public sealed class KeepMarks : IDisposable
{
    private readonly MappedBytes _bytes;

    /// <summary>All are <see cref="KeepReason.None"/>; a <see cref="CommandException"/> if the disk has no room.</summary>
    public KeepMarks(string folder, long count) => _bytes = new MappedBytes(folder, count, "sharing.data");

    /// <summary>That of a position.</summary>
    public KeepReason this[long position]
    {
        get => (KeepReason)_bytes[position];
        set => _bytes[position] = (byte)value;
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();
}
