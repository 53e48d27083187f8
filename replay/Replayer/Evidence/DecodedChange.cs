using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>What a message of logical decoding says.</summary>
internal enum DecodedItem : byte
{
    /// <summary>There is no more, or what comes is not whole (a file that is still written to).</summary>
    End,

    /// <summary>A transaction begins.</summary>
    Begin,

    /// <summary>A row was changed, or tables emptied.</summary>
    Change,

    /// <summary>The transaction was committed.</summary>
    Commit,

    /// <summary>The transaction ends without a commit: it was prepared.</summary>
    Abandon,

    /// <summary>Nothing of use.</summary>
    Other,

    /// <summary>It is not as the plugin writes it; reading goes on with the next transaction.</summary>
    Damaged,
}

/// <summary>What was done to a row.</summary>
internal enum DecodedOperation : byte
{
    /// <summary>It came.</summary>
    Insert,

    /// <summary>It was changed.</summary>
    Update,

    /// <summary>It went.</summary>
    Delete,

    /// <summary>The tables were emptied.</summary>
    Truncate,
}

/// <summary>What is told of a column's value.</summary>
internal enum DecodedValue : byte
{
    /// <summary>NULL.</summary>
    Null,

    /// <summary>Its text.</summary>
    Text,

    /// <summary>Nothing: it is long, or was left as it was in TOAST.</summary>
    Unknown,
}

/// <summary>A column of a row.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What is told of it.</param>
/// <param name="Start">Where its text begins in <see cref="DecodedChange.Bytes"/>.</param>
/// <param name="Length">Bytes of it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecodedColumn(string Name, DecodedValue Value, int Start, int Length);

/// <summary>One change, valid until the next is read.</summary>
internal sealed class DecodedChange
{
    /// <summary>What was done.</summary>
    public DecodedOperation Operation { get; set; }

    /// <summary>To which table; several only if they were emptied.</summary>
    public List<(string Schema, string Name)> Tables { get; } = [];

    /// <summary>The row as it was: its identity, and only if that changed or the row went; or all of it (REPLICA IDENTITY FULL).</summary>
    public List<DecodedColumn> Old { get; } = [];

    /// <summary>The row as it became.</summary>
    public List<DecodedColumn> New { get; } = [];

    /// <summary>Where values lie.</summary>
    public DecodedScratch Scratch { get; } = new();

    /// <summary>A value's text.</summary>
    public ReadOnlySpan<byte> Bytes(in DecodedColumn column) => Scratch.Bytes.Slice(column.Start, column.Length);

    /// <summary>Makes it ready for the next.</summary>
    public void Clear()
    {
        Tables.Clear();
        Old.Clear();
        New.Clear();
        Scratch.Clear();
    }
}
