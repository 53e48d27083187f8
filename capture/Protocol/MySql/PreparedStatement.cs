using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql;

/// <summary>What has to be known of a prepared statement to read the commands that name it and their responses.</summary>
internal sealed class PreparedStatement
{
    private const int KeepStorageBytes = 1 << 10;

    /// <summary>The server's number for it.</summary>
    public uint Id { get; set; }

    /// <summary>Its text.</summary>
    public ByteStore Text { get; } = new();

    /// <summary>Number of its parameters.</summary>
    public int ParameterCount { get; set; }

    /// <summary>Types that the last execute which carried any gave: 32 bits each, type + 256 * flags.</summary>
    public ByteStore ParameterTypes { get; } = new();

    /// <summary>Columns of its result as <see cref="Workload.ColumnList"/> encodes them; empty as long as not known.</summary>
    public ByteStore Columns { get; } = new();

    /// <summary>The columns' type bytes.</summary>
    public ByteStore ColumnTypes { get; } = new();

    /// <summary>A <see cref="Workload.ValueForm"/> for each column.</summary>
    public ByteStore ColumnForms { get; } = new();

    /// <summary>Numbers of the parameters that were sent by COM_STMT_SEND_LONG_DATA since the last execute, 16 bits each.</summary>
    public ByteStore LongData { get; } = new();

    /// <summary>The one that was prepared before.</summary>
    public PreparedStatement? Older { get; set; }

    /// <summary>The one that was prepared after.</summary>
    public PreparedStatement? Newer { get; set; }

    /// <summary>Bytes of storage in use.</summary>
    public int Capacity => Text.Capacity + ParameterTypes.Capacity + Columns.Capacity + ColumnTypes.Capacity + ColumnForms.Capacity + LongData.Capacity;

    /// <summary>Empties it for its next use.</summary>
    public void Reset()
    {
        Text.Reset(KeepStorageBytes);
        ParameterTypes.Reset(KeepStorageBytes);
        Columns.Reset(KeepStorageBytes);
        ColumnTypes.Reset(KeepStorageBytes);
        ColumnForms.Reset(KeepStorageBytes);
        LongData.Reset(KeepStorageBytes);
        ParameterCount = 0;
        Older = Newer = null;
    }

    /// <summary>Gives the storage back.</summary>
    public void Release()
    {
        Text.Clear();
        ParameterTypes.Clear();
        Columns.Clear();
        ColumnTypes.Clear();
        ColumnForms.Clear();
        LongData.Clear();
    }
}
